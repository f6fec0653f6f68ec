import { expect, test } from 'vitest';
import { clipGradients, globalNorm } from './clip.ts';

test('the norm is over all vectors together', () => {
  expect(globalNorm([Float32Array.of(3), Float32Array.of(0, 4)])).toBe(5);
  expect(globalNorm([])).toBe(0);
});

test('gradients above the limit are scaled to it, and their norm before is returned', () => {
  const gradients = [Float32Array.of(3), Float32Array.of(0, -4)];
  expect(clipGradients(gradients, 1)).toBe(5);
  expect(gradients[0]?.[0]).toBeCloseTo(0.6, 6);
  expect(gradients[1]?.[1]).toBeCloseTo(-0.8, 6);
});

test('gradients within the limit keep their bits', () => {
  const gradient = Float32Array.of(0.1, 0.2, 0.3);
  const before = gradient.slice();
  clipGradients([gradient], 10);
  expect(gradient).toEqual(before);
});

test('small terms are not lost beside large ones', () => {
  // One 1e4 and 10 million ones: a float32 sum of squares would stop at about 1.1e8.
  const gradient = new Float32Array(10_000_000).fill(1);
  gradient[0] = 1e4;
  expect(globalNorm([gradient])).toBeCloseTo(Math.sqrt(1e8 + 9_999_999), 9);
});

test('a norm that is not finite leaves the gradients alone and is returned', () => {
  const gradient = Float32Array.of(1, Number.NaN);
  expect(clipGradients([gradient], 0.1)).toBeNaN();
  expect(gradient[0]).toBe(1);
  const infinite = Float32Array.of(1, Infinity);
  expect(clipGradients([infinite], 0.1)).toBe(Infinity);
  expect(infinite[0]).toBe(1);
});

test('a negative limit is refused', () => {
  expect(() => clipGradients([], -1)).toThrow('for maxNorm, got -1');
});
