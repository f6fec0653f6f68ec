import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forwardDct } from './forward-dct.ts';

const blocks = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 64, maxLength: 64 });

test('coefficients are eight times the orthonormal ones, rounded', () => {
  fc.assert(
    fc.property(blocks, (samples) => {
      const block = Int32Array.from(samples);
      forwardDct(block);
      const expected = orthonormalDct(samples);
      for (let i = 0; i < 64; i++) expect(Math.abs(block[i]! - 8 * expected[i]!)).toBeLessThan(1.5);
    }),
  );
});

test.each([-128, -1, 0, 1, 127])('a block of %i has a mean and nothing else', (level) => {
  const block = new Int32Array(64).fill(level);
  forwardDct(block);
  expect([...block]).toEqual([64 * level, ...Array<number>(63).fill(0)]);
});

test('a single sample gives the integers of the fixed-point transform', () => {
  const block = Int32Array.of(127, ...Array<number>(63).fill(0));
  forwardDct(block);
  expect([...block.subarray(0, 8)]).toEqual([127, 176, 166, 149, 127, 100, 69, 35]);
});

function orthonormalDct(samples: number[]): Float64Array {
  return Float64Array.from(samples, (_, i) => {
    const [v, u] = [i >> 3, i & 7];
    return samples.reduce((sum, sample, j) => sum + sample * basis(v, j >> 3) * basis(u, j & 7), 0);
  });
}

function basis(frequency: number, position: number): number {
  return (
    (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * position + 1) * frequency * Math.PI) / 16)
  );
}
