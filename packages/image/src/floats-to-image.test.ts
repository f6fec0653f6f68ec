import { expect, test } from 'vitest';
import { createImage, floatsToImage, imageToFloats } from './index.ts';

const every = createImage({
  width: 16,
  height: 16,
  channels: 1,
  data: Uint8Array.from({ length: 256 }, (_, i) => i),
});

test('every level survives the way to floats and back when rounded, and loses at most one when truncated', () => {
  const floats = imageToFloats(every);
  expect([floats[0], floats[255]]).toEqual([-1, 1]);
  expect(floatsToImage(floats, { width: 16, height: 16, rounding: 'nearest' })).toEqual(every);
  const { data } = floatsToImage(floats, { width: 16, height: 16 });
  const losses = Array.from(data, (level, i) => i - level);
  expect([Math.min(...losses), Math.max(...losses)]).toEqual([0, 1]);
});

test('what leaves the range is clipped', () => {
  const floats = Float32Array.of(-1.5, 1.5, -Infinity, Infinity, 0, -1.0001);
  expect([...floatsToImage(floats, { width: 2, height: 1 }).data]).toEqual([0, 255, 0, 255, 127, 0]);
  const rounded = floatsToImage(floats, { width: 2, height: 1, rounding: 'nearest' });
  expect([...rounded.data]).toEqual([0, 255, 0, 255, 128, 0]);
});

test('a sample that is no number is named by its place', () => {
  const floats = new Float32Array(2 * 3 * 3);
  floats[3 * 3 + 2] = Number.NaN;
  expect(() => floatsToImage(floats, { width: 2, height: 3 })).toThrow(
    'sample at (1, 1), channel 2, is not a number',
  );
});

test('samples that do not fill the size are refused, and so is alpha', () => {
  expect(() => floatsToImage(new Float32Array(7), { width: 2, height: 1 })).toThrow(
    'expected 2 x 1 x 1 or 3 samples for floats, got 7',
  );
  expect(() => imageToFloats(createImage({ width: 1, height: 1, channels: 4 }))).toThrow('toRgb');
});
