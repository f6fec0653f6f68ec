import { Worker } from 'node:worker_threads';
import { SparnetError } from '@sparnet/core';
import type { Box } from '../data/boxes.ts';

/**
 * Finds the faces in photographs with the SSD detector and the model that ship in `@vladmandic/face-api`, on the WASM
 * engine. It runs in a thread of its own: the detector switches on things in its tfjs that ours must not come to need.
 *
 * @returns For each photograph the boxes of its faces from left to right, in pixels, not rounded.
 * @throws SparnetError `worker-died` when detection fails, for an unreadable photograph too; the message says why.
 */
export async function findFaces(photos: string[]): Promise<Box[][]> {
  const worker = new Worker(new URL('./find-faces-worker.ts', import.meta.url), { workerData: photos });
  try {
    return await new Promise<Box[][]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(failed(cause.message, cause)));
      worker.once('exit', (code) => reject(failed(`it ended with code ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}

function failed(why: string, cause?: Error): SparnetError {
  return new SparnetError('worker-died', `the face detector failed: ${why}`, { cause });
}
