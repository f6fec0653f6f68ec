import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { createImage, type Image } from './image.ts';

/**
 * The 8-bit image of float32 samples in [-1, 1], rows from the top, channels interleaved (H x W x C, 1 or 3 channels):
 * (x + 1) / 2 * 255, evaluated in float32, clipped to 0 .. 255.
 *
 * @param options.rounding - `truncate` drops the fraction as the released code of SPARNet does (8 bit to float and back
 *   then loses a level at some values); `nearest` rounds, halves up, and gives back the 8-bit values that were put in.
 * @throws SparnetError `bad-image` when the number of samples doesn't fit the size, or a sample is not a number.
 */
export function floatsToImage(
  floats: Float32Array,
  {
    width,
    height,
    rounding = 'truncate',
  }: { width: number; height: number; rounding?: 'truncate' | 'nearest' },
): Image {
  checkOneOf('rounding', rounding, ['truncate', 'nearest']);
  const channels = floats.length / (width * height);
  if (channels !== 1 && channels !== 3) {
    const expected = `${width} x ${height} x 1 or 3 samples`;
    throw invalid('floats', expected, floats.length, 'bad-image');
  }
  const image = createImage({ width, height, channels });
  const offset = rounding === 'nearest' ? 0.5 : 0;
  for (let i = 0; i < floats.length; i++) {
    const level = Math.fround((Math.fround(floats[i]! + 1) / 2) * 255);
    if (level >= 255) image.data[i] = 255;
    else if (level > 0) image.data[i] = level + offset;
    else if (Number.isNaN(level)) throw notANumber(i, width, channels);
  }
  return image;
}

function notANumber(index: number, width: number, channels: number): SparnetError {
  const pixel = Math.floor(index / channels);
  const place = `(${pixel % width}, ${Math.floor(pixel / width)})`;
  return new SparnetError('bad-image', `sample at ${place}, channel ${index % channels}, is not a number`);
}
