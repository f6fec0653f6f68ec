import { SparnetError } from '@sparnet/core';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One training step of a contender. */
export interface StepTime {
  seconds: number;
  loss: number;
}

/** What a contender has used, in bytes. */
export interface Usage {
  peakRss: number;
  /** The WebAssembly heap of each worker; left out where there is none. */
  heaps?: number[];
}

/** A process that trains a step when told. Processes of their own keep memory apart, and are alike for both sides. */
export interface Contender {
  /** What it says it is. */
  name: string;
  step(): Promise<StepTime>;
  usage(): Promise<Usage>;
  close(): void;
}

/**
 * Start a program that answers every line on its stdin (`step`, `usage`) with a line of JSON, after a first line
 * `{"name"}` that says it is ready.
 *
 * @throws SparnetError `worker-died`, now or at any later call, when it ends by itself.
 */
export async function startContender(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Contender> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
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
  function call(word: string): Promise<unknown> {
    child.stdin.write(`${word}\n`);
    return nextLine();
  }

  const { name } = (await nextLine()) as { name: string };
  return {
    name,
    step: () => call('step') as Promise<StepTime>,
    usage: () => call('usage') as Promise<Usage>,
    close: () => void child.kill(),
  };
}
