import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addExactly, canonical, nearest, type ExactSum } from './exact-sum.ts';

// Multiples of 2^-80 below 2^60: BigInt can then add them without rounding, and round once.
const part = fc
  .record({
    mantissa: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
    exponent: fc.integer({ min: -80, max: 28 }),
  })
  .map(({ mantissa, exponent }) => mantissa * 2 ** exponent);
const values = fc.array(part, { maxLength: 40 });

test('the sum is rounded once', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      const exact = numbers.reduce((total, value) => total + scaled(value), 0n);
      expect(nearest(sumOf(numbers))).toBe(Number(exact) / 2 ** 80 + 0);
    }),
    { numRuns: 2000 },
  );
});

test('any order gives the same sum, and the same list', () => {
  const shuffled = values.chain((numbers) =>
    fc.tuple(
      fc.constant(numbers),
      fc.shuffledSubarray(numbers, { minLength: numbers.length, maxLength: numbers.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(canonical(sumOf(one))).toEqual(canonical(sumOf(other)));
      expect(nearest(canonical(sumOf(one)))).toBe(nearest(sumOf(other)));
    }),
    { numRuns: 500 },
  );
});

test.each([
  { numbers: [1e100, 1, -1e100], sum: 1 },
  { numbers: [1, 2 ** -53], sum: 1 },
  { numbers: [1, 2 ** -53, 2 ** -120], sum: 1 + 2 ** -52 },
  { numbers: [1, 2 ** -53, -(2 ** -120)], sum: 1 },
  { numbers: [1 + 2 ** -52, 2 ** -53, -(2 ** -120)], sum: 1 + 2 ** -52 },
  { numbers: [-1, -(2 ** -53), -(2 ** -120)], sum: -1 - 2 ** -52 },
  { numbers: [0.1, -0.1], sum: 0 },
  { numbers: [], sum: 0 },
])('$numbers add up to $sum', ({ numbers, sum }) => {
  expect(nearest(sumOf(numbers))).toBe(sum);
});

function sumOf(numbers: readonly number[]): ExactSum {
  const sum: ExactSum = [];
  for (const value of numbers) addExactly(sum, value);
  return sum;
}

function scaled(value: number): bigint {
  return BigInt(value * 2 ** 80);
}
