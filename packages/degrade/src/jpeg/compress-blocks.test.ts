import { expect, test } from 'vitest';
import { compressBlocks } from './compress-blocks.ts';
import { createPlane } from './plane.ts';

const coarsest = new Int32Array(64).fill(255);

// A search found this block: its coefficients are rounded so that one sample becomes 515 above the middle, where a table
// of 1024 entries, as portable decoders use, would wrap round to black. Pillow (libjpeg-turbo) decodes it as below.
// oxfmt-ignore
const contrived = [
  221,  21, 177, 250, 255, 255, 248,  11,
    0, 234,   0, 255, 225, 233, 252, 122,
  248, 255,  51, 150,  92, 237,  83, 233,
  231,  58, 184, 179, 203, 255,   0,   2,
   34,   0, 255, 183, 136,   0,  17,  20,
  247,   0, 220,  18, 255, 255,   0,   0,
  255, 255, 116, 238,   0, 255, 189, 158,
  255,  11,   0,  20, 255, 255, 164, 229,
];
// oxfmt-ignore
const decoded = [
   97, 127, 191, 255, 255, 240, 255,   0,
    0, 227,   0, 255, 151, 213, 255, 113,
  243, 170, 139, 148,  68, 231,  65, 146,
  229, 206, 228, 232, 187, 176,  13,   0,
    0,   0, 255, 169, 165,  19,   1,  61,
  255,   0, 194,   0, 255, 255,  72,  17,
  246, 255, 147, 255,  84, 208, 177, 248,
  238,  45,  16,  30, 255, 255, 255, 183,
];

test('only blocks that touch the picture are compressed', () => {
  const plane = createPlane(9, 8);
  plane.data.fill(200);
  compressBlocks(plane, coarsest);
  // The mean 8 * (200 - 128) = 576 becomes 2 * 255 = 510, which is 64 levels above the middle.
  expect([...plane.data.subarray(0, 128)]).toEqual(Array<number>(128).fill(192));
  expect([...plane.data.subarray(128)]).toEqual(Array<number>(128).fill(200));
});

test('samples far beyond white stay white', () => {
  const plane = createPlane(8, 8);
  for (let y = 0; y < 8; y++) plane.data.set(contrived.slice(8 * y, 8 * y + 8), y * plane.stride);
  compressBlocks(plane, coarsest);
  const rows = Array.from({ length: 8 }, (_, y) => [
    ...plane.data.subarray(y * plane.stride, y * plane.stride + 8),
  ]);
  expect(rows.flat()).toEqual(decoded);
});

test('the finest steps change a sample by little', () => {
  const plane = createPlane(16, 16);
  plane.data.forEach((_, i) => (plane.data[i] = ((i * i * 61) >> 3) & 255));
  const before = plane.data.slice();
  compressBlocks(plane, new Int32Array(64).fill(1));
  plane.data.forEach((sample, i) => expect(Math.abs(sample - before[i]!)).toBeLessThanOrEqual(3));
});
