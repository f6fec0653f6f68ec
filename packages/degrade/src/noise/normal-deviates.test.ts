import { randomStream } from '@sparnet/core';
import { expect, test } from 'vitest';
import { normalDeviates } from './normal-deviates.ts';

test('deviates are normal and neighbours are independent', () => {
  const next = normalDeviates(randomStream({ seed: 1, purpose: 'test' }));
  const values = Array.from({ length: 40_000 }, next);
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  // Five standard errors each: one seed in a million fails.
  expect(Math.abs(mean(values))).toBeLessThan(5 / 200);
  expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan((5 * Math.sqrt(2)) / 200);
  expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan((5 * Math.sqrt(96)) / 200);
  expect(Math.abs(mean(values.slice(1).map((value, i) => value * values[i]!)))).toBeLessThan(5 / 200);
  const beyond = values.filter((value) => Math.abs(value) > 2.5758).length;
  expect(Math.abs(beyond - 400)).toBeLessThan(5 * 19.9);
});
