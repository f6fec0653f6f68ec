import { parentPort } from 'node:worker_threads';
import { isSparnetError } from '@sparnet/core';
import sharp from 'sharp';
import type { Answer, Call } from './thread-pool.ts';

/** What a thread can do, by the names of the calls; errors go back to the caller. */
type Handlers = Record<string, (argument: never) => Promise<unknown>>;

/** In a worker thread: answers the calls of a `ThreadPool` until it is closed. */
export function serveCalls(handlers: Handlers): void {
  // The cores are shared out among the threads already, and no picture is met twice.
  sharp.concurrency(1);
  sharp.cache(false);
  parentPort?.on('message', (message: Call | 'end') => {
    if (message === 'end') parentPort?.close();
    else void answer(message, handlers);
  });
}

async function answer({ id, name, argument }: Call, handlers: Handlers): Promise<void> {
  try {
    const result = await handlers[name]?.(argument as never);
    parentPort?.postMessage({ id, result } satisfies Answer);
  } catch (error) {
    parentPort?.postMessage({ id, error: described(error) } satisfies Answer);
  }
}

function described(error: unknown): { code?: string; message: string } {
  if (isSparnetError(error)) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
