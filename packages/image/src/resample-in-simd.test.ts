import { randomStream } from '@sparnet/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createImage, type Image } from './image.ts';
import { columnsInSimd, rgbRowsInSimd } from './resample-in-simd.ts';
import { resampleCode, withoutSimd } from './resample-simd-code.ts';
import { resampleWeights } from './resample-weights.ts';
import { resize } from './resize.ts';

function noise(width: number, height: number, channels: 1 | 3 | 4, seed: number): Image {
  const image = createImage({ width, height, channels });
  const random = randomStream({ seed, purpose: 'test resample' });
  // Black and white overshoot most.
  for (let i = 0; i < image.data.length; i++)
    image.data[i] = seed % 2 ? random.integer(256) : 255 * random.integer(2);
  return image;
}

const side = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 80 }));
const filter = fc.constantFrom(
  'box' as const,
  'bilinear' as const,
  'hamming' as const,
  'bicubic' as const,
  'lanczos' as const,
);

/** Whether the bits are the same with the SIMD code and without. */
function isSame(image: Image, size: Parameters<typeof resize>[1]): boolean {
  const fast = resize(image, size);
  const plain = withoutSimd(() => resize(image, size));
  const sizes = [fast, plain].map(({ width, height, channels }) => `${width} x ${height} x ${channels}`);
  return sizes[0] === sizes[1] && Buffer.from(fast.data).equals(Buffer.from(plain.data));
}

test('the SIMD code is used here, and can be left out', () => {
  const data = Uint8Array.from(noise(40, 20, 3, 1).data);
  const rows = (): unknown =>
    rgbRowsInSimd(data, { width: 40, height: 20 }, resampleWeights(40, 9, 'bicubic'));
  const columns = (): unknown => columnsInSimd(data, 120, resampleWeights(20, 50, 'bicubic'));
  expect(rows()).toHaveLength(27 * 20);
  expect(columns()).toHaveLength(120 * 50);
  expect([withoutSimd(rows), withoutSimd(columns)]).toEqual([undefined, undefined]);
});

test('it gives the bits of the plain code', () => {
  fc.assert(
    fc.property(
      fc.record({ width: side, height: side }),
      fc.record({ width: side, height: side, filter }),
      fc.constantFrom(1 as const, 3 as const, 4 as const),
      fc.nat(2 ** 30),
      ({ width, height }, size, channels, seed) => {
        const image = noise(width, height, channels, seed);
        expect(isSame(image, size)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('it gives them in parts, where its memory does not hold the whole', () => {
  const image = noise(2500, 1500, 3, 1);
  for (const size of [
    { width: 2600, height: 1700 },
    { width: 300, height: 200 },
  ]) {
    expect(isSame(image, size)).toBe(true);
  }
  expect(resampleCode()!.memory.buffer.byteLength).toBeLessThanOrEqual(2 ** 24);
});
