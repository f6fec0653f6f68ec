import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisOf } from './axis.ts';

test('ticks are round numbers around the values', () => {
  const { ticks, place } = axisOf([19.7, 32.3], { from: 0, to: 160 });
  expect(ticks.map(({ label }) => label)).toEqual(['18', '20', '22', '24', '26', '28', '30', '32', '34']);
  expect(ticks.map(({ at }) => at)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160]);
  expect(place(26)).toBe(80);
});

test('negative numbers have a minus, fractions their digits', () => {
  const { ticks } = axisOf([-0.2, 0.2], { from: 0, to: 1, atMost: 5 });
  expect(ticks.map(({ label }) => label)).toEqual(['−0.2', '−0.1', '0.0', '0.1', '0.2']);
});

test('every value lies on the axis, and there are a few ticks', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 9 }), (values) => {
      const { ticks, place } = axisOf(values, { from: 10, to: 90 });
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(11);
      for (const each of values) {
        expect(place(each)).toBeGreaterThan(10 - 1e-6);
        expect(place(each)).toBeLessThan(90 + 1e-6);
      }
    }),
  );
});
