import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureStatistics, type FeatureStatistics } from './feature-statistics.ts';
import { cases, features, statistics } from './reference-fixture.ts';

describe.each(Object.entries(cases))('reference %s', (name, { d: dimensions, ...counts }) => {
  test.each(['x', 'y'] as const)('%s', (set) => {
    const accumulator = featureStatistics({ dimensions, network: 'random' });
    accumulator.update(features.get(`${name}.${set}`)!);
    const { count, mean, covariance } = accumulator.compute();
    expect(count).toBe(counts[`n_${set}`]);
    expectClose(mean, statistics.get(`${name}.mean_${set}`)!);
    const whole = statistics.get(`${name}.cov_${set}`);
    if (whole) return expectClose(covariance, whole);
    const diagonal = covariance.filter((_, i) => i % (dimensions + 1) === 0);
    expectClose(diagonal, statistics.get(`${name}.cov_${set}_diag`)!);
    expectClose(covariance.subarray(0, dimensions), statistics.get(`${name}.cov_${set}_row0`)!);
  });
});

/** Relative to the largest entry. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void {
  expect(actual.length).toBe(expected.length);
  let [error, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  expect(error).toBeLessThanOrEqual(tolerance * largest);
}

test('cut into calls and shards, the statistics are those of one pass', () => {
  const sets = fc.integer({ min: 1, max: 5 }).chain((dimensions) =>
    fc.record({
      dimensions: fc.constant(dimensions),
      shards: fc.array(
        fc.array(
          fc.array(fc.double({ min: 900, max: 1000, noNaN: true }), {
            minLength: dimensions,
            maxLength: dimensions,
          }),
          {
            maxLength: 9,
          },
        ),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );
  fc.assert(
    fc.property(sets, ({ dimensions, shards }) => {
      fc.pre(shards.flat().length > 0);
      const options = { dimensions, network: 'n' };
      const whole = featureStatistics(options);
      whole.update(shards.flat(2));
      const total = featureStatistics(options);
      for (const shard of shards) {
        const part = featureStatistics(options);
        for (const sample of shard) part.update(sample);
        if (part.count > 0) total.merge(part.compute());
      }
      const [one, many] = [whole.compute(), total.compute()];
      expect(many.count).toBe(one.count);
      expect(many.deviations?.length).toBe(one.deviations?.length);
      expectClose(many.mean, one.mean);
      // Values of up to 1000 leave 1e-10 of rounding in products of deviations of up to 100.
      many.covariance.forEach((value, i) => expect(Math.abs(value - one.covariance[i]!)).toBeLessThan(1e-9));
    }),
    { seed: 2 },
  );
});

test('a far-off mean leaves the covariance the digits that the numbers have', () => {
  const accumulator = featureStatistics({ dimensions: 1, network: 'n' });
  for (let i = 0; i < 1000; i++) accumulator.update([2 ** 30 + (i % 2)]);
  expect(accumulator.compute().covariance[0]).toBeCloseTo(250 / 999, 6);
});

test('what compute returned stays as it is', () => {
  const accumulator = featureStatistics({ dimensions: 2, network: 'n' });
  accumulator.update([1, 2, 3, 5, 4, 4]);
  const before = accumulator.compute();
  const kept = structuredClone(before);
  accumulator.update([100, 200]);
  accumulator.merge(before);
  expect(before).toEqual(kept);
  expect(accumulator.count).toBe(7);
});

test('wrong arguments are named', () => {
  expect(() => featureStatistics({ dimensions: 0, network: 'n' })).toThrow('dimensions, got 0');
  expect(() => featureStatistics({ dimensions: 1, network: '' })).toThrow('name of a network');
  const accumulator = featureStatistics({ dimensions: 2, network: 'n' });
  expect(() => accumulator.compute()).toThrow('update was never called');
  expect(() => accumulator.update([1, 2, 3])).toThrow('samples of 2 numbers for features, got "3 numbers"');
  expect(() => accumulator.update([1, NaN])).toThrow('features[1], got NaN');
  expect(accumulator.count).toBe(0);
  accumulator.update([1, 2]);
  const other = (changes: Partial<FeatureStatistics>) => ({ ...accumulator.compute(), ...changes });
  expect(() => accumulator.merge(other({ network: 'm' }))).toThrow('2 features of n and 2 features of m');
  expect(() => accumulator.merge(other({ dimensions: 3 }))).toThrow('3 features of n');
  expect(() => accumulator.merge(other({ count: undefined }))).toThrow('cannot be merged');
});
