import { fileURLToPath } from 'node:url';
import { useEngine } from '@sparnet/engine';
import { lpips } from '@sparnet/features';
import { networkWeights } from '@sparnet/features/node';
import { createImage, imageToFloats, toRgb, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lpipsAccumulator } from './lpips-accumulator.ts';
import { openLpips, type LpipsMetric } from './open-lpips.ts';

/** A backbone of random weights: it tells how the distance is computed, not how images look. */
const weights = fileURLToPath(
  new URL('../../../../vectors/lpips/backbone-squeeze-random.safetensors', import.meta.url),
);

let metric: LpipsMetric;

beforeAll(async () => {
  await useEngine('wasm');
  metric = await openLpips({ weights });
});

afterAll(() => metric.dispose());

/** A picture of waves, with noise of the given strength. */
function waves(noise: number, channels: 1 | 3 = 3): Image {
  const image = createImage({ width: 48, height: 40, channels });
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = 128 + 60 * Math.sin(i / 40) + noise * (((i * 7919) % 101) / 50 - 1);
  }
  return image;
}

test('is the distance of the network on what it takes', async () => {
  const [a, b] = [waves(0), waves(30)];
  const network = lpips({
    net: 'squeeze',
    backbone: await networkWeights('squeezenet1_1', { path: weights }),
  });
  const tensor = (image: Image) => tf.tensor4d(imageToFloats(image), [1, 40, 48, 3]);
  const expected = tf.tidy(() => network.distance(tensor(a), tensor(b)).dataSync()[0]);
  network.dispose();
  expect(await metric.distance(a, b)).toBe(expected);
  expect(expected).toBeGreaterThan(0);
});

test('has the properties of a distance, and frees its tensors', async () => {
  const { numTensors } = tf.memory();
  const [clean, near, far] = [waves(0), waves(10), waves(60)];
  const distance = await metric.distance(clean, near);
  expect(await metric.distance(clean, clean)).toBe(0);
  expect(await metric.distance(near, clean)).toBeCloseTo(distance, 6);
  expect(await metric.distance(clean, far)).toBeGreaterThan(distance);
  const [grey, noisy] = [waves(0, 1), waves(30, 1)];
  expect(await metric.distance(grey, noisy)).toBe(await metric.distance(toRgb(grey), toRgb(noisy)));
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('the mean tells net and version, and shards give the same to the last bit', async () => {
  const images = [5, 10, 20, 40].map((noise) => waves(noise));
  const whole = lpipsAccumulator(metric);
  const parts = [lpipsAccumulator(metric), lpipsAccumulator(metric)] as const;
  expect(() => whole.compute()).toThrow('no pair was added');
  for (const [i, image] of images.entries()) {
    const distance = await whole.update(waves(0), image);
    expect(await parts[i % 2]!.update(waves(0), image)).toBe(distance);
  }
  const total = lpipsAccumulator(metric);
  for (const part of parts.toReversed()) total.merge(part.state());
  expect(total.state()).toEqual(whole.state());
  const { mean, ...rest } = total.compute();
  expect(rest).toEqual({ metric: 'lpips', net: 'squeeze', version: '0.1', count: 4 });
  expect(mean).toBe(whole.compute().mean);
  expect(metric.label).toBe('LPIPS 0.1 squeeze');
  expect(() => total.merge({ ...whole.state(), net: 'alex' })).toThrow('expected metric lpips, net squeeze');
});

test('dispose frees the weights', async () => {
  const { numTensors } = tf.memory();
  const another = await openLpips({ weights });
  expect(tf.memory().numTensors).toBeGreaterThan(numTensors);
  another.dispose();
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('refused', () => {
  const pair = (a: Image, b: Image) => metric.distance(a, b);
  test('images that can not be compared', async () => {
    const small = createImage({ width: 31, height: 40, channels: 3 });
    const clear = createImage({ width: 48, height: 40, channels: 4 });
    await expect(pair(waves(0), small)).rejects.toThrow('got 48 x 40 x 3 and 31 x 40 x 3');
    await expect(pair(small, small)).rejects.toThrow('at least 32 x 32 pixels, got 31 x 40');
    await expect(pair(clear, clear)).rejects.toThrow('without alpha');
    await expect(pair(waves(0), waves(0, 1))).rejects.toThrow('got 48 x 40 x 3 and 48 x 40 x 1');
  });
  test('an unknown net, and weights that are nowhere', async () => {
    // @ts-expect-error a net that doesn't exist
    await expect(openLpips({ net: 'resnet' })).rejects.toThrow(
      'one of squeeze, alex, vgg for net, got "resnet"',
    );
    await expect(openLpips({ weights: '/nowhere/s.pth' })).rejects.toMatchObject({ code: 'missing-file' });
  });
});
