import { randomStream } from '@sparnet/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageScores, Score } from '../result.ts';
import { bootstrapMeans, middle95, quantile } from './bootstrap-means.ts';
import { holm, signFlipTest } from './sign-flip-test.ts';
import { shownInterval, summarise } from './summarise.ts';

const rowsOf = (scores: readonly Score[]) =>
  scores.map((psnr, at) => ({ name: String(at), psnr }) as ImageScores);

test('a summary has the numbers that NumPy gives', () => {
  const { psnr } = summarise(rowsOf([3, 1, 4, 1, 5]), ['psnr']);
  expect(psnr).toMatchObject({ count: 5, mean: 2.8, median: 3, min: 1, max: 5 });
  expect(psnr?.std).toBeCloseTo(1.7888543819998317, 15);
  const quarter = [0, 0.1, 0.25, 0.975, 1].map((part) => quantile(Float64Array.of(1, 1, 3, 4, 5), part));
  expect(quarter).toEqual([1, 1, 1, 4.9, 5]);
});

test('the bootstrap interval of a mean is about 1.96 standard errors wide on each side', () => {
  const random = randomStream({ seed: 4, purpose: 'test' });
  const values = Float64Array.from({ length: 400 }, () => 10 + random.normal());
  const [low, high] = middle95(bootstrapMeans([values])[0]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / 400;
  expect((mean - low) * 20).toBeGreaterThan(1.75);
  expect((mean - low) * 20).toBeLessThan(2.2);
  expect((high - mean) * 20).toBeGreaterThan(1.75);
  expect((high - mean) * 20).toBeLessThan(2.2);
});

test('of fewer than 5 values no interval is shown', () => {
  const interval = (...scores: Score[]) => shownInterval(summarise(rowsOf(scores), ['psnr'])['psnr']!);
  expect(interval(1, 2, 3, 4)).toBeNull();
  expect(interval(1, 2, 3, 4, null)).toBeNull();
  expect(interval(1, 2, 3, 4, 5)).toEqual([expect.any(Number), expect.any(Number)]);
});

test('a metric has the same summary beside others, and no number is NaN', () => {
  const score = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.constantFrom<Score>('Infinity', null),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(score, score), { maxLength: 6 }), (pairs) => {
      const rows = pairs.map(([psnr, ssim], at) => ({ name: `${at}`, psnr, ssim }) as ImageScores);
      const both = summarise(rows, ['psnr', 'ssim']);
      expect(summarise(rows, ['ssim'])['ssim']).toEqual(both['ssim']);
      const numbers = Object.values(both).flatMap(({ ci95, ...others }) => [
        ...(ci95 ?? []),
        ...Object.values(others),
      ]);
      expect(numbers.filter((value) => typeof value === 'number' && !Number.isFinite(value))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('the sign-flip test: exact for few, random for many, and blind to what is alike', () => {
  expect(signFlipTest(Float64Array.of(1, 2, 3))).toBe(2 / 8);
  expect(signFlipTest(Float64Array.of(0.1, 0.2, -0.3))).toBe(1);
  expect(signFlipTest(new Float64Array(40))).toBe(1);
  expect(signFlipTest(new Float64Array())).toBe(1);
  expect(signFlipTest(new Float64Array(300).fill(0.01))).toBe(1 / 10_001);
  // 14 equal differences: by the binomial distribution, 2 * (1 + 14 + 91 + 364) / 2^14 for 3 or fewer of one sign.
  const twoSigns = Float64Array.from({ length: 14 }, (_, at) => (at < 3 ? -1 : 1));
  expect(signFlipTest(twoSigns)).toBeCloseTo(0.0574, 2);
  expect(signFlipTest(twoSigns.slice(1))).toBeCloseTo((2 * (1 + 13 + 78)) / 2 ** 13, 12);
});

test("Holm's correction", () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.5, 0.9])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
