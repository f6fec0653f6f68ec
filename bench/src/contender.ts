import { SparnetError } from '@sparnet/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that answers questions. Processes of their own keep memory apart, and are alike for all sides. */
export interface Contender {
  /** What it says it is. */
  name: string;
  ask<Answer>(question: string | object): Promise<Answer>;
  close(): void;
}

/** What runs now. None outlives this process, however it ends. */
const running = new Set<ChildProcess>();

/**
 * Start a program that answers every line on its stdin (a word, or JSON) with a line of JSON, after a first line
 * `{"name"}` that says it is ready, or `{"absent"}`: why it can't be on this machine.
 *
 * @throws SparnetError `missing-package` when it is absent; `worker-died`, now or at any later call, when it can't be
 *   started or ends by itself.
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
  endWithThisProcess(child);
  const failure = new Promise<never>((_, reject) => {
    child.on('error', (cause) =>
      reject(new SparnetError('worker-died', `${command} can't be started: ${cause.message}`, { cause })),
    );
    child.on('exit', (code, signal) =>
      reject(new SparnetError('worker-died', `${[command, ...args].join(' ')} ended with ${signal ?? code}`)),
    );
  });
  failure.catch(() => undefined);
  child.stdin.on('error', () => undefined); // that it has ended is told by `exit`
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function nextLine(): Promise<unknown> {
    const line = await Promise.race([lines.next(), failure]);
    return line.done ? failure : JSON.parse(line.value);
  }

  const close = (): void => void child.kill('SIGKILL');
  const { name, absent } = (await nextLine()) as { name?: string; absent?: string };
  if (name === undefined) {
    close();
    throw new SparnetError('missing-package', absent ?? `${command} did not say what it is`);
  }
  return {
    name,
    ask: <Answer>(question: string | object) => {
      child.stdin.write(`${typeof question === 'string' ? question : JSON.stringify(question)}\n`);
      return nextLine() as Promise<Answer>;
    },
    close,
  };
}

function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
}

function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
