import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantise } from './quantise.ts';

test('coefficients go to the nearest multiple of the step, halves away from zero', () => {
  expect(quantised([0, 39, 40, -39, -40, 119, 120, -120], 10)).toEqual([0, 0, 10, 0, -10, 10, 20, -20]);
});

test('equals the division of whole numbers', () => {
  const values = fc.array(fc.integer({ min: -16384, max: 16384 }), { minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 255 }), (coefficients, step) => {
      expect(quantised(coefficients, step)).toEqual(coefficients.map((value) => exact(value, step)));
    }),
  );
});

function quantised(coefficients: number[], step: number): number[] {
  const block = new Int32Array(64);
  block.set(coefficients);
  quantise(block, new Int32Array(64).fill(step));
  return [...block.subarray(0, coefficients.length)];
}

function exact(value: number, step: number): number {
  const magnitude = (BigInt(Math.abs(value)) + 4n * BigInt(step)) / (8n * BigInt(step));
  return Number(BigInt(Math.sign(value)) * magnitude * BigInt(step));
}
