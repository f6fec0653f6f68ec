import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { besselJ1 } from './bessel-j1.ts';
import { exponential } from './exponential.ts';
import { power } from './power.ts';
import { cosine, sine } from './sine.ts';

test('the exponential agrees with the built-in one', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
    }),
  );
  expect([exponential(0), exponential(-1000)]).toEqual([1, 0]);
});

test('sine and cosine agree with the built-in ones', () => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(2e-15);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(2e-15);
    }),
  );
  expect([sine(0), cosine(0)]).toEqual([0, 1]);
});

test('powers agree with the built-in ones', () => {
  const base = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(base, fc.double({ min: 0.1, max: 8, noNaN: true }), (x, exponent) => {
      expect(Math.abs(power(x, exponent) / x ** exponent - 1)).toBeLessThan(1e-13);
    }),
  );
  expect(power(0, 0.5)).toBe(0);
});

// Abramowitz and Stegun, tables 9.1 and 9.2.
test.each([
  [0, 0],
  [1, 0.4400505857],
  [3.8, 0.0128210029],
  [10, 0.0434727462],
  [17.5, -0.1634199694],
])('J1(%d) agrees with tables', (x, expected) => {
  expect(besselJ1(x)).toBeCloseTo(expected, 9);
  expect(besselJ1(-x)).toBeCloseTo(-expected, 9);
});

test('J1 obeys its series where the argument is small, and its asymptote where it is large', () => {
  const x = 0.25;
  expect(besselJ1(x)).toBeCloseTo(x / 2 - x ** 3 / 16 + x ** 5 / 384 - x ** 7 / 18432, 11);
  const far = 70;
  const angle = far - (3 * Math.PI) / 4;
  const asymptote = Math.cos(angle) - (3 / (8 * far)) * Math.sin(angle);
  expect(besselJ1(far)).toBeCloseTo(Math.sqrt(2 / (Math.PI * far)) * asymptote, 5);
});
