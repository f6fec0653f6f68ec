import { fileURLToPath } from 'node:url';
import { useEngine } from '@sparnet/engine';
import { featureNetwork } from '@sparnet/features';
import { networkWeights } from '@sparnet/features/node';
import { createImage, imageToFloats, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openFeatureExtractor } from './feature-extractor.ts';
import { featureStatistics } from './feature-statistics.ts';
import { fid } from './fid.ts';
import { frechetDistance } from './frechet-distance.ts';
import { imageStatistics } from './image-statistics.ts';

const name = 'squeezenet1_1';
const weights = fileURLToPath(
  new URL('../../../../vectors/lpips/backbone-squeeze-random.safetensors', import.meta.url),
);

function picture(seed: number): Image {
  const image = createImage({ width: 40, height: 44, channels: 3 });
  for (let i = 0; i < image.data.length; i++) image.data[i] = (i * (seed + 3) * 7) % 251;
  return image;
}

test('images become statistics of the last tap, averaged over all places', async () => {
  await expect(openFeatureExtractor({ name, weights })).rejects.toMatchObject({ code: 'engine-unavailable' });
  await useEngine('wasm');
  const before = tf.memory().numTensors;
  const extractor = await openFeatureExtractor({ name, weights });
  expect(extractor).toMatchObject({ network: 'squeezenet1_1', dimensions: 512 });

  const network = featureNetwork(name, await networkWeights(name, { path: weights }));
  const expected = tf.tidy(() => {
    const features = network.forward(tf.tensor4d(imageToFloats(picture(1)), [1, 44, 40, 3]));
    const last = features[network.taps.at(-1)!]!;
    const values = last.dataSync<'float32'>();
    const places = values.length / 512;
    return Array.from({ length: 512 }, (_, c) =>
      values.reduce((sum, value, i) => (i % 512 === c ? sum + value / places : sum), 0),
    );
  });
  network.dispose();
  const features = await extractor.features(picture(1));
  expected.forEach((value, i) => expect(features[i]).toBeCloseTo(value, 4));

  const pictures = [1, 2, 3, 4].map(picture);
  const statistics = await imageStatistics(pictures, extractor);
  const byHand = featureStatistics({ dimensions: 512, network: 'squeezenet1_1' });
  for (const one of pictures) byHand.update(await extractor.features(one));
  expect(statistics).toEqual(byHand.compute());
  expect(frechetDistance(statistics, statistics)).toMatchObject({ network: 'squeezenet1_1', counts: [4, 4] });
  expect(() => fid(statistics, statistics)).toThrow('FID is of features of inception-fid, got squeezenet1_1');

  await expect(imageStatistics([], extractor)).rejects.toMatchObject({ code: 'no-data' });
  const clear = createImage({ width: 40, height: 40, channels: 4 });
  await expect(extractor.features(clear)).rejects.toThrow('without alpha');
  extractor.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('weights that are nowhere are an error', async () => {
  await useEngine('wasm');
  const missing = openFeatureExtractor({ weights: '/nowhere/inception.pth' });
  await expect(missing).rejects.toMatchObject({ code: 'missing-file' });
});
