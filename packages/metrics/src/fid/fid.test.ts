import { expect, test } from 'vitest';
import { fidNetwork } from './feature-extractor.ts';
import { featureStatistics } from './feature-statistics.ts';
import { fid } from './fid.ts';
import { frechetDistance } from './frechet-distance.ts';

function statisticsOf(network: string, count: number) {
  const accumulator = featureStatistics({ dimensions: 2, network });
  for (let i = 0; i < count; i++) accumulator.update([i % 7, (i * i) % 11]);
  return accumulator.compute();
}

test('FID is the Frechet distance of one network', () => {
  const [a, b] = [statisticsOf(fidNetwork, 3000), statisticsOf(fidNetwork, 2500)];
  expect(fid(a, b)).toEqual(frechetDistance(a, b));
  expect(fid(a, b).warnings).toEqual([]);
  expect(() => fid(a, statisticsOf('vgg16', 3000))).toThrow('FID is of features of inception-fid, got vgg16');
});

test('few images are said to be too few', () => {
  expect(fid(statisticsOf(fidNetwork, 2048), statisticsOf(fidNetwork, 2047)).warnings).toEqual([
    'the second set has 2047 images, FID needs 2048 or more',
  ]);
  expect(() => fid(statisticsOf(fidNetwork, 1), statisticsOf(fidNetwork, 9))).toThrow(
    'at least 2 samples, got 1',
  );
});
