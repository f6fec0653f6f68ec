import { Worker } from 'node:worker_threads';
import { SparnetError, type ErrorCode } from '@sparnet/core';
import type { Recipe } from '@sparnet/degrade';
import type { Augmentation } from './augmentation.ts';
import type { Slot } from './batch-order.ts';
import type { Place } from './dataset.ts';
import type { SampleSizes } from './sample.ts';

/** What is the same for all pictures of a run. */
export interface LoaderSettings extends SampleSizes {
  seed: number;
  augmentation: Augmentation;
  recipe?: Recipe;
}

/** The buffers of a batch and the pictures still missing in it. The buffers are moved, not copied. */
export interface LoaderJob {
  hr: Uint8Array<ArrayBuffer>;
  input: Uint8Array<ArrayBuffer>;
  tasks: (Slot & { at: number; place: Place })[];
}

/** The buffers again, and the tasks whose picture could not be read. */
export interface LoaderReply extends Omit<LoaderJob, 'tasks'> {
  failed: { at: number; reason: string }[];
}

/** What a worker sends back. */
export type LoaderAnswer = { reply: LoaderReply } | { code: ErrorCode; message: string };

/** Worker threads that read, decode and crop pictures, one batch a worker at a time. */
interface LoaderPool {
  run(job: LoaderJob): Promise<LoaderReply>;
  /** Ends the workers after the picture at hand; jobs under way are refused. */
  close(): Promise<void>;
}

interface Pending {
  job: LoaderJob;
  resolve(reply: LoaderReply): void;
  reject(error: Error): void;
}

/** A worker that doesn't end by itself within this time (it may be stuck in a network file system) is terminated. */
const patience = 5000;

/**
 * Starts the worker threads.
 *
 * @throws SparnetError from `run`: `worker-died` when a worker has ended unasked, `bad-state` after `close`, or what
 *   the worker reported.
 */
export function createLoaderPool({
  workers,
  settings,
}: {
  workers: number;
  settings: LoaderSettings;
}): LoaderPool {
  const waiting: Pending[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Pending>();
  let failure: SparnetError | undefined;
  const members = Array.from({ length: workers }, start);

  function start(): Worker {
    const worker = new Worker(new URL('./loader-worker.ts', import.meta.url), { workerData: settings });
    worker.on('message', (answer: LoaderAnswer) => {
      const pending = running.get(worker);
      running.delete(worker);
      idle.push(worker);
      if ('reply' in answer) pending?.resolve(answer.reply);
      else pending?.reject(new SparnetError(answer.code, answer.message));
      dispatch();
    });
    worker.on('error', (cause) => fail(died(cause.message, cause)));
    worker.on('exit', (code) => fail(died(`it ended with code ${code}`)));
    idle.push(worker);
    return worker;
  }
  function dispatch(): void {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop() as Worker;
      const pending = waiting.shift() as Pending;
      running.set(worker, pending);
      worker.postMessage(pending.job, [pending.job.hr.buffer, pending.job.input.buffer]);
    }
  }
  function fail(error: SparnetError): void {
    failure ??= error;
    for (const pending of [...running.values(), ...waiting.splice(0)]) pending.reject(failure);
    running.clear();
  }
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.push({ job, resolve, reject });
        dispatch();
      }),
    async close() {
      fail(new SparnetError('bad-state', 'the loader is closed'));
      await Promise.all(members.map(end));
    },
  };
}

function died(why: string, cause?: Error): SparnetError {
  return new SparnetError('worker-died', `a worker of the data loader died: ${why}`, { cause });
}

/** Asks a worker to end: terminating it within a decode could take down the process. */
async function end(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('end');
  const timer = setTimeout(() => void worker.terminate(), patience);
  await ended;
  clearTimeout(timer);
}
