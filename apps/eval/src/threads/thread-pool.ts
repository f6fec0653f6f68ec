import { Worker } from 'node:worker_threads';
import { SparnetError, type ErrorCode } from '@sparnet/core';

/** A call on its way to a thread. */
export interface Call {
  id: number;
  name: string;
  argument: unknown;
}

/** Its answer. */
export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { code?: string; message: string } };

/** The calls that threads answer: argument and answer of each. `open` is the first of every thread. */
export type Calls = Record<'open', [argument: unknown, answer: unknown]> &
  Record<string, [argument: unknown, answer: unknown]>;

/** Threads that do the same. */
export interface ThreadPool<C extends Calls> {
  /** What the first thread answered to `open`. */
  opened: C['open'][1];
  /** How many calls are worth having under way: while one picture is decoded, another is computed. */
  lanes: number;
  call<Name extends keyof C & string>(name: Name, argument: C[Name][0]): Promise<C[Name][1]>;
  /** The same call of every thread. */
  callAll<Name extends keyof C & string>(name: Name, argument: C[Name][0]): Promise<C[Name][1][]>;
  /** Ends the threads after the calls at hand. */
  close(): Promise<void>;
}

const lanesOfOne = 2;
/** A thread that doesn't end by itself within this time is terminated; doing so within a decode could end the process. */
const patience = 5000;

/**
 * Starts threads and calls `open` of each.
 *
 * @param options.script - The entry of a thread, which calls `serveCalls`.
 * @param options.open - The argument of `open`.
 * @throws SparnetError what `open` throws; from it and the calls: `worker-died` when a thread ends unasked.
 */
export async function openThreadPool<C extends Calls>({
  threads: count,
  script,
  open,
}: {
  threads: number;
  script: URL;
  open: C['open'][0];
}): Promise<ThreadPool<C>> {
  const threads = Array.from({ length: count }, () => startThread(script));
  const close = async (): Promise<void> => void (await Promise.all(threads.map((thread) => thread.close())));
  try {
    // Native TensorFlow must be there once before other threads may load it: see `introduceAttributes` of its engine.
    const [first, ...others] = threads;
    const opened = await first?.call('open', open);
    await Promise.all(others.map((thread) => thread.call('open', open)));
    return {
      opened,
      lanes: count * lanesOfOne,
      call: (name, argument) => idlest(threads).call(name, argument),
      callAll: (name, argument) => Promise.all(threads.map((thread) => thread.call(name, argument))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Thread {
  busy(): number;
  call(name: string, argument: unknown): Promise<unknown>;
  close(): Promise<void>;
}

function idlest(threads: readonly Thread[]): Thread {
  return threads.reduce((best, other) => (other.busy() < best.busy() ? other : best));
}

function startThread(script: URL): Thread {
  const worker = new Worker(script);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  let death: SparnetError | undefined;

  function die(reason: string, cause?: unknown): void {
    death ??= new SparnetError('worker-died', `a worker died: ${reason}`, { cause });
    for (const { reject } of waiting.values()) reject(death);
    waiting.clear();
  }
  worker.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('result' in answer) call?.resolve(answer.result);
    else call?.reject(revived(answer.error));
  });
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error), error));
  worker.on('exit', (code) => die(`it ended with code ${code}`));

  return {
    busy: () => waiting.size,
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        if (death) return reject(death);
        calls += 1;
        waiting.set(calls, { resolve, reject });
        worker.postMessage({ id: calls, name, argument } satisfies Call);
      }),
    async close() {
      if (worker.threadId === -1) return;
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage('end');
      const timer = setTimeout(() => void worker.terminate(), patience);
      await ended;
      clearTimeout(timer);
    },
  };
}

function revived({ code, message }: { code?: string; message: string }): Error {
  return code ? new SparnetError(code as ErrorCode, message) : new Error(message);
}
