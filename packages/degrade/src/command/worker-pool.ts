import { Worker } from 'node:worker_threads';
import { SparnetError } from '@sparnet/core';
import type { Job, Outcome, Refusal } from './degrade-picture.ts';

/** What a worker says about a job. */
export interface Answer extends Outcome {
  id: number;
  /** Why nothing can go on. */
  fatal?: Refusal;
}

/** Worker threads that degrade pictures. */
export interface WorkerPool {
  /** How many jobs are worth having under way: while one picture is decoded or written, another is degraded. */
  readonly lanes: number;
  run(job: Job): Promise<Outcome>;
  close(): Promise<void>;
}

const lanesOfOne = 2;

/**
 * Starts the workers.
 *
 * @param options.script - The entry of a worker thread.
 * @throws SparnetError from `run`: `worker-died` when a worker ends unasked, or what stopped it.
 */
export function createWorkerPool({ workers, script }: { workers: number; script: URL }): WorkerPool {
  const pending = new Map<number, { resolve(outcome: Outcome): void; reject(error: Error): void }>();
  const members = Array.from({ length: workers }, () => ({ worker: new Worker(script), busy: 0 }));
  let failure: SparnetError | undefined;
  let nextId = 0;

  function fail(error: SparnetError): void {
    failure ??= error;
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
  }
  for (const member of members) {
    member.worker.on('message', ({ id, fatal, ...outcome }: Answer) => {
      member.busy -= 1;
      const job = pending.get(id);
      pending.delete(id);
      if (fatal) job?.reject(new SparnetError(fatal.code, fatal.message));
      else job?.resolve(outcome);
    });
    const died = (why: string): void => fail(new SparnetError('worker-died', `a worker died: ${why}`));
    member.worker.on('error', (error) => died(error.message));
    member.worker.on('exit', (code) => died(`it ended with code ${code}`));
  }
  return {
    lanes: workers * lanesOfOne,
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        const member = members.reduce((idlest, other) => (other.busy < idlest.busy ? other : idlest));
        member.busy += 1;
        pending.set(nextId, { resolve, reject });
        member.worker.postMessage({ id: nextId++, job });
      }),
    async close() {
      failure ??= new SparnetError('bad-state', 'the workers have ended');
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}
