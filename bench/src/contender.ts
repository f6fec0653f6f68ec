import { SparnetError } from '@sparnet/core';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that answers questions. Processes of their own keep memory apart, and are alike for all sides. */
export interface Contender {
  /** What it says it is. */
  name: string;
  ask<Answer>(question: string | object): Promise<Answer>;
  close(): void;
}

/**
 * Start a program that answers every line on its stdin (a word, or JSON) with a line of JSON, after a first line
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

  const { name } = (await nextLine()) as { name: string };
  return {
    name,
    ask: <Answer>(question: string | object) => {
      child.stdin.write(`${typeof question === 'string' ? question : JSON.stringify(question)}\n`);
      return nextLine() as Promise<Answer>;
    },
    close: () => void child.kill(),
  };
}
