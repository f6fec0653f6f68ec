// The network against face-api's own, on the package's weights.
import '@tensorflow/tfjs';
import { randomStream } from '@sparnet/core';
import { featureDistance, meanOverAll, sweep, useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { faceRecognition } from './index.ts';
import { faceRecognitionWeights } from './node.ts';

const model = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'model',
);

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

/** 8-bit pictures [H,W,3]: blotches of colour. */
function picture(side: number, index: number): Uint8Array {
  const random = randomStream({ seed: 3, purpose: 'picture', index });
  const waves = Array.from({ length: 9 }, () => [
    random.between(0, 9),
    random.between(0, 9),
    random.between(0, 7),
  ]);
  return Uint8Array.from({ length: side * side * 3 }, (_, place) => {
    const [x, y] = [(Math.floor(place / 3) % side) / side, Math.floor(place / 3 / side) / side];
    const own = waves.slice(3 * (place % 3), 3 * (place % 3) + 3);
    const sum = own.reduce((total, [a, b, c]) => total + Math.sin((a ?? 0) * x + (b ?? 0) * y + (c ?? 0)), 0);
    return Math.round(127.5 + 42 * sum);
  });
}

const networkInput = (levels: Uint8Array, side: number): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from(levels, (level) => level / 127.5 - 1),
    [1, side, side, 3],
  );

test("descriptors are face-api's own, of pictures of any size", async () => {
  const faceapi = await import('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const theirs = new faceapi.FaceRecognitionNet();
  await theirs.loadFromDisk(model);
  const ours = faceRecognition(await faceRecognitionWeights());
  for (const side of [150, 128, 64, 211]) {
    const levels = picture(side, 0);
    const pixels = tf.tensor3d(levels, [side, side, 3], 'int32');
    const wanted = (await theirs.computeFaceDescriptor(pixels as never)) as Float32Array;
    const x = networkInput(levels, side);
    const found = tf.tidy(() => ours.descriptors(x).dataSync());
    expect(found.length).toBe(128);
    const largest = Math.max(...wanted.map(Math.abs));
    expect(largest).toBeGreaterThan(0.05);
    for (const [index, value] of wanted.entries())
      expect(Math.abs((found[index] as number) - value) / largest).toBeLessThan(2e-5);
    tf.dispose([pixels, x]);
  }
  ours.dispose();
  theirs.dispose();
});

test('descriptors can be differentiated, both ways alike, and a batch is its images', async () => {
  const network = faceRecognition(await faceRecognitionWeights());
  const [a, b] = [networkInput(picture(64, 1), 64), networkInput(picture(64, 2), 64)];
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const half = tf.fill<tf.Rank.R1>([128], 0.5);
    const loss = (x: tf.Tensor4D): tf.Scalar =>
      meanOverAll(featureDistance(network.descriptors(x), network.descriptors(b), half));
    const swept = sweep(() => loss(a), [a]);
    const taped = tf.grad((x) => loss(x as tf.Tensor4D))(a);
    const [first, second] = [swept.gradients[0] as tf.Tensor, taped];
    const largest = tf.max(tf.abs(first)).dataSync()[0] as number;
    expect(largest).toBeGreaterThan(1e-6);
    expect(tf.max(tf.abs(tf.sub(first, second))).dataSync()[0] as number).toBeLessThan(1e-4 * largest);

    // Along its own gradient the loss changes by the gradient's square, up to curvature and single units at their kink.
    const square = tf.sum(tf.square(first)).dataSync()[0] as number;
    const at = (step: number): number =>
      loss(tf.add(a, tf.mul(first, step / Math.sqrt(square)))).dataSync()[0] as number;
    const slope = (at(0.001) - at(-0.001)) / 0.002;
    expect(Math.abs(slope / Math.sqrt(square) - 1)).toBeLessThan(0.02);

    const both = network.descriptors(tf.concat([a, b]));
    expect(both.shape).toEqual([2, 1, 1, 128]);
    const alone = tf.concat([network.descriptors(a), network.descriptors(b)]);
    expect(tf.max(tf.abs(tf.sub(both, alone))).dataSync()[0] as number).toBeLessThan(1e-6);
    tf.dispose([swept.loss, swept.gradients]);
    expect(() => network.descriptors(tf.zeros([1, 64, 60, 3]))).toThrow('square images, [N, S, S, 3] for x');
  });
  expect(tf.memory().numTensors).toBe(before);
  network.dispose();
  tf.dispose([a, b]);
});

test('what is no such model is refused', async () => {
  const weights = await faceRecognitionWeights();
  const { fc, ...rest } = weights;
  expect(() => faceRecognition(rest)).toThrow(expect.objectContaining({ code: 'missing-key' }));
  expect(() => faceRecognition({ ...rest, fc: { ...fc!, shape: [9, 9] } })).toThrow(
    'fc has the shape [9, 9]',
  );

  const folder = await mkdtemp(join(tmpdir(), 'sparnet-faces-'));
  const manifest = 'face_recognition_model-weights_manifest.json';
  await expect(faceRecognitionWeights({ folder })).rejects.toMatchObject({ code: 'missing-file' });
  await copyFile(join(model, manifest), join(folder, manifest));
  await writeFile(join(folder, 'face_recognition_model.bin'), new Uint8Array(999));
  await expect(faceRecognitionWeights({ folder })).rejects.toMatchObject({ code: 'bad-file' });
  await writeFile(join(folder, manifest), '[{"weights":[{"name":"a"}]}]');
  await expect(faceRecognitionWeights({ folder })).rejects.toThrow('no list of tensors');
  await rm(folder, { recursive: true });
});
