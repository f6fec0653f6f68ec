import { SparnetError } from '@sparnet/core';
import type { PresetName, Step } from '@sparnet/degrade';
import type { Parameters } from '@sparnet/degrade';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a side is asked to do with one of the pictures: a whole preset, or one step. */
export type Job = { picture: number } & ({ preset: PresetName; parameters: Parameters } | { step: Step });

/** How long a job took, and the mean and the standard deviation of all samples of its result. */
export interface Done {
  seconds: number;
  mean: number;
  deviation: number;
}

/** A process that does a job when told. Processes of their own are alike for all sides. */
export interface Side {
  /** What it says it is. */
  name: string;
  run(job: Job): Promise<Done>;
  close(): void;
}

/**
 * Start a program that answers every line on its stdin, a {@link Job} in JSON, with a line {@link Done}, after a first
 * line `{"name"}` that says it is ready.
 *
 * @throws SparnetError `worker-died`, now or at any later call, when it ends by itself.
 */
export async function startSide(command: string, args: readonly string[]): Promise<Side> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const failure = new Promise<never>((_, reject) => {
    child.on('error', (cause) =>
      reject(new SparnetError('worker-died', `${command} can't be started: ${cause.message}`, { cause })),
    );
    child.on('exit', (code) =>
      reject(new SparnetError('worker-died', `${[command, ...args].join(' ')} ended with code ${code}`)),
    );
  });
  failure.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function nextLine(): Promise<unknown> {
    const line = await Promise.race([lines.next(), failure]);
    return line.done ? failure : JSON.parse(line.value);
  }
  const { name } = (await nextLine()) as { name: string };
  return {
    name,
    run: (job) => {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      return nextLine() as Promise<Done>;
    },
    close: () => void child.kill(),
  };
}
