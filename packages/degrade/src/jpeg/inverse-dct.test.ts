import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forwardDct } from './forward-dct.ts';
import { inverseDct } from './inverse-dct.ts';

/** Few of many frequencies, as in compressed pictures: empty rows and columns take a path of their own. */
const blocks = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -200, max: 200 }) },
  ),
  { minLength: 64, maxLength: 64 },
);

test('samples are those of the orthonormal transform, rounded', () => {
  fc.assert(
    fc.property(blocks, (coefficients) => {
      const block = Int32Array.from(coefficients);
      inverseDct(block);
      const expected = orthonormalInverse(coefficients);
      for (let i = 0; i < 64; i++) expect(Math.abs(block[i]! - expected[i]!)).toBeLessThan(1);
    }),
  );
});

test.each([-1024, -4, 0, 3, 4, 1016])('the mean %i alone gives a constant block', (mean) => {
  const block = Int32Array.of(mean, ...Array<number>(63).fill(0));
  inverseDct(block);
  expect([...block]).toEqual(Array<number>(64).fill(Math.floor((mean + 4) / 8)));
});

test('undoes the forward transform up to rounding', () => {
  const samples = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(samples, (expected) => {
      forwardThenInverse(expected).forEach((sample, i) =>
        expect(Math.abs(sample - expected[i]!)).toBeLessThanOrEqual(3),
      );
    }),
  );
});

function forwardThenInverse(samples: number[]): Int32Array {
  const block = Int32Array.from(samples);
  forwardDct(block);
  const coefficients = block.map((value) => Math.round(value / 8));
  inverseDct(coefficients);
  return coefficients;
}

function orthonormalInverse(coefficients: number[]): Float64Array {
  return Float64Array.from(coefficients, (_, i) => {
    const [y, x] = [i >> 3, i & 7];
    return coefficients.reduce((sum, value, j) => sum + value * basis(j >> 3, y) * basis(j & 7, x), 0);
  });
}

function basis(frequency: number, position: number): number {
  return (
    (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * position + 1) * frequency * Math.PI) / 16)
  );
}
