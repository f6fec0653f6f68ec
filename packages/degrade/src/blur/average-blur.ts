import { checkInteger } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { mirrored } from '../border.ts';
import { opaquePixels, type Pixels } from '../opaque-pixels.ts';
import { averageInSimd } from './average-in-simd.ts';

/**
 * The mean over size x size pixels, in integers, rounded once, ties up. The window of pixel i goes from
 * i - floor(size / 2) to i - floor(size / 2) + size - 1; the border is mirrored without its edge pixel (d c b | a b c d).
 * Running sums: any size costs the same.
 *
 * @param options.size - Side of the window in pixels, 1 to 999, odd or even.
 * @throws SparnetError `bad-argument` for an invalid size, `bad-image` for an invalid image or one with alpha.
 */
export function averageBlur(image: Image, { size }: { size: number }): Image {
  checkInteger('size', size, 1, 999);
  const pixels = opaquePixels(image);
  return createImage({ ...pixels, data: averageInSimd(pixels, size) ?? average(pixels, size) });
}

function average({ width, height, channels, data }: Pixels, size: number): Uint8Array {
  const stride = width * channels;
  const reach = Math.floor(size / 2);
  const area = size * size;
  const columns = Int32Array.from({ length: width + size }, (_, i) => mirrored(i - reach, width) * channels);
  const result = new Uint8Array(stride * height);
  /** The sum of every column over the window's rows. */
  const sums = new Int32Array(stride);
  for (let k = 0; k < size; k++) addRow(sums, 1, data, mirrored(k - reach, height) * stride);
  for (let y = 0; y < height; y++) {
    if (y > 0) {
      addRow(sums, -1, data, mirrored(y - 1 - reach, height) * stride);
      addRow(sums, 1, data, mirrored(y - 1 - reach + size, height) * stride);
    }
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += sums[columns[k]! + c]!;
      for (let x = 0, to = y * stride + c; x < width; x++, to += channels) {
        result[to] = Math.floor((2 * sum + area) / (2 * area));
        sum += sums[columns[x + size]! + c]! - sums[columns[x]! + c]!;
      }
    }
  }
  return result;
}

function addRow(sums: Int32Array, sign: 1 | -1, data: Uint8Array, from: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + sign * data[from + i]!;
}
