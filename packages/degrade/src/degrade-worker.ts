// A worker thread of the command: degrades the pictures that it is sent, two at a time.
import { parentPort } from 'node:worker_threads';
import { isSparnetError } from '@sparnet/core';
import sharp from 'sharp';
import { degradePicture, type Job } from './command/degrade-picture.ts';
import type { Answer } from './command/worker-pool.ts';

// The cores are shared out among the workers already, and no picture is met twice.
sharp.concurrency(1);
sharp.cache(false);

parentPort?.on('message', ({ id, job }: { id: number; job: Job } & Record<string, unknown>) => {
  void answer(id, job);
});

async function answer(id: number, job: Job): Promise<void> {
  parentPort?.postMessage({ id, ...(await outcome(job)) } satisfies Answer);
}

async function outcome(job: Job): Promise<Omit<Answer, 'id'>> {
  try {
    return await degradePicture(job);
  } catch (error) {
    const code = isSparnetError(error) ? error.code : 'bad-state';
    return { fatal: { code, message: `${job.picture.name}: ${(error as Error).message}` } };
  }
}
