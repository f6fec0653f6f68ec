// What a plain JavaScript project sees: ES modules from the packed packages.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import { createImage, resize } from '@sparnet/image';
import { FaceAttentionUnit } from '@sparnet/layers';
import { pixelLoss } from '@sparnet/losses';
import { psnr } from '@sparnet/metrics';
import { createSparnet, enhance, loadModel, modelBytes } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { formatPth, formatSafetensors, parseWeights } from '@sparnet/weights';
import { readWeights, writeSafetensors } from '@sparnet/weights/node';
import * as tf from '@tensorflow/tfjs';

const tiny = {
  scale: 4,
  inputSize: 32,
  outputSize: 32,
  minFeatureSize: 8,
  minChannels: 4,
  maxChannels: 8,
  resDepth: 0,
  hourglassWidth: 4,
  hourglassDepth: 'feature-size',
};

async function inFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'consumer-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a state dict goes through both file formats and a file', async () => {
  const tensors = {
    'conv.weight': { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 4, 5, 6) },
    steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) },
  };
  assert.deepEqual({ ...parseWeights(formatSafetensors(tensors)) }, tensors);
  assert.deepEqual({ ...parseWeights(formatPth(tensors)) }, tensors);
  await inFolder(async (folder) => {
    const file = join(folder, 'a.safetensors');
    await writeSafetensors(file, tensors);
    assert.deepEqual({ ...(await readWeights(file)) }, tensors);
  });
});

test('an error is recognised by its code', () => {
  const half = { width: 2, height: 2, channels: 3, data: new Uint8Array(3) };
  assert.throws(
    () => resize(half, { width: 4, height: 4 }),
    (error) => error instanceof SparnetError && isSparnetError(error, 'bad-image'),
  );
});

test('a Face Attention Unit runs on wasm and has gradients', async () => {
  assert.equal((await useEngine('wasm')).name, 'wasm');
  const unit = new FaceAttentionUnit({ inChannels: 3, outChannels: 4, scale: 'down', hourglassDepth: 1 });
  const x = tf.ones([1, 16, 16, 3]);
  const maps = [];
  const y = unit.forward(x, { attention: (name, map) => maps.push(map.shape) });
  assert.deepEqual(y.shape, [1, 8, 8, 4]);
  assert.deepEqual(maps, [[1, 8, 8, 1]]);
  const slope = tf.grad((input) => tf.mean(tf.square(unit.forward(input))))(x);
  const largest = Math.max(...slope.dataSync().map(Math.abs));
  assert.ok(largest > 0 && Number.isFinite(largest));
});

test('a loss and a metric measure a difference', async () => {
  await useEngine('wasm');
  const loss = pixelLoss(tf.zeros([1, 2, 2, 3]), tf.fill([1, 2, 2, 3], 0.5));
  assert.equal(loss.dataSync()[0], 0.25);
  const black = createImage({ width: 8, height: 8, channels: 3 });
  assert.equal(psnr(black, black), Infinity);
  assert.ok(psnr(black, { ...black, data: black.data.map(() => 255) }) < 2);
});

test('a model is made, saved, loaded, and enhances a face', async () => {
  await useEngine('wasm');
  const model = createSparnet(tiny, { seed: 3 });
  const face = createImage({ width: 8, height: 8, channels: 3 });
  face.data.forEach((_, index) => (face.data[index] = (index * 37) % 256));
  const wanted = await enhance(model, face);
  assert.deepEqual([wanted.width, wanted.height, wanted.channels], [32, 32, 3]);
  const fromBytes = await loadModel(await modelBytes(model));
  assert.deepEqual(await enhance(fromBytes, face), wanted);
  await inFolder(async (folder) => {
    const file = join(folder, 'model.safetensors');
    await saveModel(model, file);
    assert.deepEqual(await enhance(await loadModel(file), face), wanted);
  });
});
