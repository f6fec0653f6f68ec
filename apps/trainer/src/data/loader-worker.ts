import { parentPort, workerData } from 'node:worker_threads';
import { isSparnetError, type SparnetError } from '@sparnet/core';
import { readPicture } from '@sparnet/image/node';
import type { LoaderAnswer, LoaderJob, LoaderReply, LoaderSettings } from './loader-pool.ts';
import { isUnreadable } from './unreadable.ts';
import { makeSample } from './sample.ts';

/** Pictures under way at once: while one is decoded on libuv's threads, this thread resizes another. */
const lanes = 3;

const settings = workerData as LoaderSettings;
let ending = false;

parentPort?.on('message', (message: LoaderJob | 'end') => {
  if (message === 'end') {
    ending = true;
    parentPort?.close();
  } else {
    void answer(message);
  }
});

async function answer(job: LoaderJob): Promise<void> {
  const made = await fill(job);
  if (ending) return;
  const moved = 'reply' in made ? [made.reply.hr.buffer, made.reply.input.buffer] : [];
  parentPort?.postMessage(made, moved);
}

async function fill({ hr, input, tasks }: LoaderJob): Promise<LoaderAnswer> {
  const failed: LoaderReply['failed'] = [];
  const left = tasks.values();
  async function lane(): Promise<void> {
    for (const task of left) {
      if (ending) return;
      try {
        await fillOne(task, { hr, input });
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        failed.push({ at: task.at, reason: error.message });
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    return { reply: { hr, input, failed } };
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    const { code, message }: SparnetError = error;
    return { code, message };
  }
}

async function fillOne(
  { at, epoch, position, place }: LoaderJob['tasks'][number],
  { hr, input }: Omit<LoaderJob, 'tasks'>,
): Promise<void> {
  const sample = makeSample(await readPicture(place), {
    ...settings,
    epoch,
    index: position,
    box: place.box,
  });
  hr.set(sample.hr.data, at * sample.hr.data.length);
  input.set(sample.input.data, at * sample.input.data.length);
}
