import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureStatistics, type FeatureStatistics } from './feature-statistics.ts';
import { frechetDistance } from './frechet-distance.ts';
import { cases, features } from './reference-fixture.ts';

function statisticsOf(samples: ArrayLike<number>, dimensions: number): FeatureStatistics {
  const accumulator = featureStatistics({ dimensions, network: 'random' });
  accumulator.update(samples);
  return accumulator.compute();
}

/** What a file of another program holds: no more than mean and covariance. */
function bare(statistics: FeatureStatistics): FeatureStatistics {
  const { deviations: _, ...rest } = statistics;
  return { ...rest, count: undefined };
}

describe.each(Object.entries(cases))('reference %s', (name, { d, n_x, n_y, frechet }) => {
  const x = statisticsOf(features.get(`${name}.x`)!, d);
  const y = statisticsOf(features.get(`${name}.y`)!, d);

  test('with everything known', () => {
    const { distance, counts } = frechetDistance(x, y);
    expect(Math.abs(distance - frechet)).toBeLessThanOrEqual(frechet < 1e-9 ? 1e-9 : 1e-9 * frechet);
    expect(frechetDistance(y, x).distance).toBeCloseTo(distance, 10);
    expect(counts).toEqual([n_x, n_y]);
  });
  test('from means and covariances alone', () => {
    const { distance } = frechetDistance(bare(x), bare(y));
    const singular = Math.min(n_x, n_y) <= d;
    expect(Math.abs(distance - frechet)).toBeLessThanOrEqual(singular ? 7e-6 : 1e-9 + 1e-9 * frechet);
  });
  test('one known, one from a file', () => {
    const { distance } = frechetDistance(x, bare(y));
    const singular = Math.min(n_x, n_y) <= d;
    expect(Math.abs(distance - frechet)).toBeLessThanOrEqual(singular ? 7e-6 : 1e-9 + 1e-9 * frechet);
  });
});

test.each([
  { samples: 5, dimensions: 40 },
  { samples: 40, dimensions: 40 },
  { samples: 41, dimensions: 40 },
  { samples: 400, dimensions: 40 },
])(
  '$samples samples of $dimensions dimensions are at distance 0 from themselves',
  ({ samples, dimensions }) => {
    const values = features.get('big.x')!.slice(0, samples * dimensions);
    const statistics = statisticsOf(values, dimensions);
    const { distance } = frechetDistance(statistics, structuredClone(statistics));
    expect(distance).toBeGreaterThanOrEqual(0);
    expect(distance).toBeLessThan(1e-9);
  },
);

test('a negative rounding error is clamped, and said', () => {
  // Scaled copies of one set: for some, rounding makes the sum negative.
  const results = Array.from({ length: 40 }, (_, i) => {
    const statistics = statisticsOf(
      features.get('same-set.x')!.map((value) => value * (1 + i)),
      16,
    );
    return frechetDistance(statistics, statistics);
  });
  expect(results.some(({ clamped }) => clamped)).toBe(true);
  expect(results.every(({ distance, clamped }) => (clamped ? distance === 0 : distance >= 0))).toBe(true);
});

const pair = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 40, maxLength: 40 });

test('independent coordinates: the sum of the distances of each', () => {
  // For one dimension it is (mean difference)^2 + (sigma difference)^2.
  const spread = fc.double({ min: 0.1, max: 9, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          pair.map((p) => p[0]!),
          spread,
          spread,
        ),
        { minLength: 1, maxLength: 6 },
      ),
      (axes) => {
        const gaussian = (mean: number[], sigma: number[]): FeatureStatistics => ({
          network: 'n',
          dimensions: axes.length,
          count: 1000,
          mean: Float64Array.from(mean),
          covariance: Float64Array.from({ length: axes.length ** 2 }, (_, i) =>
            i % (axes.length + 1) === 0 ? sigma[i / (axes.length + 1)]! ** 2 : 0,
          ),
        });
        const a = gaussian(
          axes.map(() => 0),
          axes.map(([, sigma]) => sigma),
        );
        const b = gaussian(
          axes.map(([shift]) => shift),
          axes.map(([, , sigma]) => sigma),
        );
        const expected = axes.reduce((sum, [shift, s, t]) => sum + shift ** 2 + (s - t) ** 2, 0);
        expect(frechetDistance(a, b).distance).toBeCloseTo(expected, 9);
      },
    ),
    { seed: 3 },
  );
});

test('turning both sets together changes nothing, exchanging them neither', () => {
  fc.assert(
    fc.property(pair, pair, fc.double({ min: 0, max: 7, noNaN: true }), (x, y, angle) => {
      const turned = (samples: number[]) =>
        samples.map((value, i) => {
          const other = samples[i ^ 1]!;
          return Math.cos(angle) * value + (i % 2 === 0 ? -1 : 1) * Math.sin(angle) * other;
        });
      const distance = frechetDistance(statisticsOf(x, 4), statisticsOf(y, 4)).distance;
      expect(frechetDistance(statisticsOf(turned(x), 4), statisticsOf(turned(y), 4)).distance).toBeCloseTo(
        distance,
        7,
      );
      expect(frechetDistance(statisticsOf(y, 4), statisticsOf(x, 4)).distance).toBeCloseTo(distance, 7);
    }),
    { seed: 4, numRuns: 50 },
  );
});

test('too few samples: an error for one, a warning for no more than dimensions', () => {
  const one = statisticsOf([1, 2, 3], 3);
  const two = statisticsOf([1, 2, 3, 3, 2, 0], 3);
  expect(() => frechetDistance(one, two)).toThrow('at least 2 samples, got 1');
  expect(() => frechetDistance(two, one)).toThrow('at least 2 samples, got 1');
  const { warnings } = frechetDistance(two, bare(two));
  expect(warnings).toEqual([
    'the first set has 2 samples for 3 dimensions: its covariance is singular, and the distance too large',
    "the second set doesn't say how many samples it has",
  ]);
  const many = statisticsOf(features.get('one-dim.x')!, 1);
  expect(frechetDistance(many, many).warnings).toEqual([]);
  expect(() => frechetDistance(two, many)).toThrow('3 features of random and 1 features of random');
});
