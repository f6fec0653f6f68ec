import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rgbToYcbcr, ycbcrToRgb } from './colour-conversion.ts';

test.each([
  { name: 'black', rgb: [0, 0, 0], ycbcr: [0, 128, 128] },
  { name: 'white', rgb: [255, 255, 255], ycbcr: [255, 128, 128] },
  { name: 'red', rgb: [255, 0, 0], ycbcr: [76, 85, 255] },
  { name: 'green', rgb: [0, 255, 0], ycbcr: [150, 44, 21] },
  { name: 'blue', rgb: [0, 0, 255], ycbcr: [29, 255, 107] },
])('$name', ({ rgb, ycbcr }) => {
  expect(toYcbcr(rgb)).toEqual(ycbcr);
});

test('every grey is itself, without colour', () => {
  for (let level = 0; level < 256; level++) {
    expect(toYcbcr([level, level, level])).toEqual([level, 128, 128]);
    expect(toRgb([level, 128, 128])).toEqual([level, level, level]);
  }
});

test('agrees with the real formula (JFIF)', () => {
  fc.assert(
    fc.property(sample, sample, sample, (y, cb, cr) => {
      const expected = [
        y + 1.402 * (cr - 128),
        y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
        y + 1.772 * (cb - 128),
      ];
      toRgb([y, cb, cr]).forEach((value, i) =>
        expect(Math.abs(value - Math.min(Math.max(expected[i]!, 0), 255))).toBeLessThan(0.51),
      );
    }),
  );
});

test('a colour comes back up to the rounding of its chroma', () => {
  fc.assert(
    fc.property(fc.tuple(sample, sample, sample), (rgb) => {
      toRgb(toYcbcr(rgb)).forEach((value, i) => expect(Math.abs(value - rgb[i]!)).toBeLessThanOrEqual(2));
    }),
  );
});

test('rows of the image are rows of the planes', () => {
  const data = Uint8Array.from({ length: 3 * 2 * 3 }, (_, i) => 14 * i);
  const [luma] = rgbToYcbcr({ width: 3, height: 2, channels: 3, data });
  expect([...luma.data.subarray(luma.stride, luma.stride + 4)]).toEqual([137, 179, 221, 0]);
  const back = ycbcrToRgb(rgbToYcbcr({ width: 3, height: 2, channels: 3, data }));
  expect(back).toMatchObject({ width: 3, height: 2, channels: 3 });
  back.data.forEach((value, i) => expect(Math.abs(value - data[i]!)).toBeLessThanOrEqual(2));
});

const sample = fc.integer({ min: 0, max: 255 });

function toYcbcr(rgb: number[]): number[] {
  return rgbToYcbcr({ width: 1, height: 1, channels: 3, data: Uint8Array.from(rgb) }).map(
    ({ data }) => data[0]!,
  );
}

function toRgb(ycbcr: number[]): number[] {
  const planes = rgbToYcbcr({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) });
  planes.forEach(({ data }, i) => (data[0] = ycbcr[i]!));
  return [...ycbcrToRgb(planes).data];
}
