import { expect, test } from 'vitest';
import { qualityOfCompression } from './quality-of-compression.ts';

test.each([
  { compression: 0, quality: 100 },
  { compression: 10, quality: 90 },
  { compression: 65, quality: 36 },
  { compression: 100, quality: 2 },
])('compression $compression is quality $quality', ({ compression, quality }) => {
  expect(qualityOfCompression(compression)).toBe(quality);
});

test.each([-1, 101, Number.NaN])('refuses %d', (compression) => {
  expect(() => qualityOfCompression(compression)).toThrow('compression');
});
