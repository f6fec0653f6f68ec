import { describe, expect, test } from 'vitest';
import { kernelDistance, subsetKernelDistance } from './kernel-distance.ts';
import { cases, features } from './reference-fixture.ts';

test.each(Object.entries(cases))(
  'reference %s',
  (name, { d: dimensions, kid_poly3_all_samples: expected }) => {
    const [x, y] = [features.get(`${name}.x`)!, features.get(`${name}.y`)!];
    const distance = kernelDistance(x, y, { dimensions });
    expect(Math.abs(distance - expected)).toBeLessThanOrEqual(1e-10 + 1e-9 * Math.abs(expected));
  },
);

test('by hand', () => {
  // Kernels: within x (2*4+1)^3 = 729, within y (1*3+1)^3 = 64, between 27, 343, 125, 2197: mean 673.
  expect(kernelDistance([2, 4], [1, 3], { dimensions: 1 })).toBe(729 + 64 - 2 * 673);
});

describe('subsets', () => {
  const [x, y] = [features.get('small-n.x')!, features.get('small-n.y')!];
  const options = { dimensions: 192, subsets: 20, subsetSize: 30 };

  test('depend on the seed alone, and one more changes none before it', () => {
    const first = subsetKernelDistance(x, y, options);
    expect(subsetKernelDistance(x, y, options)).toEqual(first);
    expect(subsetKernelDistance(x, y, { ...options, seed: 1 }).distance).not.toBe(first.distance);
    const [one, two] = [1, 2].map((subsets) => subsetKernelDistance(x, y, { ...options, subsets }));
    const second = 2 * two!.distance - one!.distance;
    expect(two!.deviation).toBeCloseTo(Math.abs(one!.distance - second) / 2, 12);
  });
  test('scatter about the distance of all samples', () => {
    const { distance, deviation } = subsetKernelDistance(x, y, { ...options, subsets: 200 });
    expect(deviation).toBeGreaterThan(0);
    expect(Math.abs(distance - kernelDistance(x, y, options))).toBeLessThan((4 * deviation) / Math.sqrt(200));
  });
  test('of everything are everything', () => {
    const set = x.slice(0, 40 * 192);
    const other = y.slice(0, 40 * 192);
    const { distance, deviation } = subsetKernelDistance(set, other, {
      ...options,
      subsets: 3,
      subsetSize: 40,
    });
    expect(distance).toBeCloseTo(kernelDistance(set, other, options), 12);
    expect(deviation).toBeLessThan(1e-12);
  });
  test('larger than a set are refused', () => {
    expect(() => subsetKernelDistance(x, y, { dimensions: 192 })).toThrow(
      'between 2 and 50 for subsetSize, got 1000',
    );
  });
});

test('wrong arguments are named', () => {
  expect(() => kernelDistance([1, 2, 3], [1, 2], { dimensions: 2 })).toThrow('for x, got "3 numbers"');
  expect(() => kernelDistance([1, 2, 3, 4], [1, 2], { dimensions: 2 })).toThrow(
    'at least 2 samples in y, got 1',
  );
  expect(() => kernelDistance([1, Infinity], [1, 2], { dimensions: 1 })).toThrow('x[1], got Infinity');
});
