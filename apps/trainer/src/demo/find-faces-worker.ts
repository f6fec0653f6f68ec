import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { decodeImage } from '@sparnet/image/node';
import * as tf from '@tensorflow/tfjs-core';
import * as faceapi from '@vladmandic/face-api/dist/face-api.node-wasm.js';
import type { Box } from '../data/boxes.ts';

/** Below this score the detector's finds are doubtful; the faces of the demo photographs have 0.6 and more. */
const minConfidence = 0.5;

// Importing the detector has registered the engine, in the tfjs-core that both share.
await tf.setBackend('wasm');
await faceapi.nets.ssdMobilenetv1.loadFromDisk(modelFolder());
const found: Box[][] = [];
for (const photo of workerData as string[]) found.push(await detect(photo));
parentPort?.postMessage(found);

async function detect(photo: string): Promise<Box[]> {
  const { data, width, height } = await decodeImage(photo);
  const pixels = faceapi.tf.tensor3d(Uint8Array.from(data), [height, width, 3], 'int32');
  const options = new faceapi.SsdMobilenetv1Options({ minConfidence });
  const faces = await faceapi.detectAllFaces(pixels, options);
  pixels.dispose();
  return faces
    .map(({ box: { left, top, right, bottom } }) => ({ left, top, right, bottom }))
    .toSorted((a, b) => a.left - b.left);
}

function modelFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  return join(dirname(manifest), 'model');
}
