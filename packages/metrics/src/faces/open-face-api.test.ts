import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { conv2d, useEngine } from '@sparnet/engine';
import { createImage, crop, resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { fivePointsOf68, type Point } from '../five-points.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { landmarkError } from './landmark-error.ts';
import { openFaceApi } from './open-face-api.ts';

const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);

/** Squares about two faces of the photograph, as rough crops are made. */
const boxes = [
  { left: 353, top: 325, width: 300, height: 300 },
  { left: 789, top: 392, width: 285, height: 285 },
];

test('landmarks and embeddings of the faces of a photograph, and nothing else changes', async () => {
  await expect(openFaceApi()).rejects.toMatchObject({ code: 'engine-unavailable' });
  const engine = await useEngine('wasm');
  const before = { bits: ownResult(), tensors: tf.memory().numTensors, listeners: crashListeners() };
  const faces = await openFaceApi();
  const photo = await decodeImage(join(demo, 'sample1.jpg'));
  const [first, second] = boxes as [(typeof boxes)[0], (typeof boxes)[0]];

  const points = await faces.landmarks(photo, { box: first });
  expect(points).toHaveLength(68);
  expectFace(points, first);
  const alone = crop(photo, first);
  const inCrop = await faces.landmarks(alone);
  expect(inCrop.map(({ x, y }) => ({ x: x + first.left, y: y + first.top }))).toEqual(points);
  expect(landmarkError(inCrop, await faces.landmarks(blurred(alone, 2)))).toBeLessThan(0.03);

  const embedding = await faces.embedding(photo, { box: first });
  expect(embedding).toHaveLength(128);
  expect(await faces.embedding(alone)).toEqual(embedding);
  const same = cosineSimilarity(embedding, await faces.embedding(blurred(alone, 2)));
  const other = cosineSimilarity(embedding, await faces.embedding(photo, { box: second }));
  expect(same).toBeGreaterThan(0.97);
  expect(other).toBeLessThan(same);
  expect(faces.detector).toMatch(/^face-api \d+\.\d+\.\d+ face_landmark_68$/);
  expect(faces.network).toMatch(/^face-api \d+\.\d+\.\d+ face_recognition$/);

  const clear = createImage({ width: 9, height: 9, channels: 4 });
  await expect(faces.landmarks(clear)).rejects.toThrow('without alpha');
  await expect(faces.embedding(alone, { box: first })).rejects.toThrow('rectangle inside 300 x 300 pixels');

  expect(tf.getBackend()).toBe('wasm');
  expect(ownResult()).toEqual(before.bits);
  faces.dispose();
  expect(tf.memory().numTensors).toBe(before.tensors);
  expect(crashListeners()).toBe(before.listeners);
  engine.dispose();
});

/** An operation of our own, by all its bits. */
function ownResult(): Float32Array {
  return tf.tidy(() => {
    const x: tf.Tensor4D = tf.tensor4d(
      Float32Array.from({ length: 768 }, (_, i) => Math.sin(i)),
      [1, 16, 16, 3],
    );
    const filter: tf.Tensor4D = tf.tensor4d(
      Float32Array.from({ length: 108 }, (_, i) => Math.cos(i)),
      [3, 3, 3, 4],
    );
    return conv2d(x, filter, undefined, { padding: { mode: 'reflect', size: 1 } }).dataSync() as Float32Array;
  });
}

function crashListeners(): number {
  return process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
}

/** Eyes over nose over mouth, each where it is in an upright face that fills the box. */
function expectFace(points: Point[], box: (typeof boxes)[0]): void {
  const parts = fivePointsOf68(points).map(({ x, y }) => ({
    x: (x - box.left) / box.width,
    y: (y - box.top) / box.height,
  }));
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = parts as [Point, Point, Point, Point, Point];
  for (const { x, y } of parts) {
    expect(Math.abs(x - 0.5)).toBeLessThan(0.5);
    expect(Math.abs(y - 0.5)).toBeLessThan(0.5);
  }
  expect(leftEye.x).toBeLessThan(rightEye.x - 0.2);
  expect(leftMouth.x).toBeLessThan(rightMouth.x - 0.1);
  expect(Math.max(leftEye.y, rightEye.y)).toBeLessThan(nose.y);
  expect(nose.y).toBeLessThan(Math.min(leftMouth.y, rightMouth.y));
}

function blurred(image: Image, scale: number): Image {
  const { width, height } = image;
  return resize(resize(image, { width: Math.round(width / scale), height: Math.round(height / scale) }), {
    width,
    height,
  });
}
