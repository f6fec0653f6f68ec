import { SparnetError } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { checkImage, type Image } from './image.ts';

/** (x / 255 - 0.5) / 0.5, every step rounded to float32. */
const levels = Float32Array.from({ length: 256 }, (_, x) => Math.fround(Math.fround(x / 255) - 0.5) / 0.5);

/**
 * The samples as float32 in [-1, 1], rows from the top, channels interleaved (H x W x C): what a network takes.
 * (x / 255 - 0.5) / 0.5, evaluated in float32 as PyTorch does.
 *
 * @throws SparnetError `bad-image` for an invalid image or one with alpha, which has no place in that range.
 */
export function imageToFloats(image: Image): Float32Array {
  if (checkImage(image).channels === 4) {
    throw new SparnetError('bad-image', 'expected 1 or 3 channels, got 4: flatten alpha with toRgb first');
  }
  const source = imageBytes(image);
  const floats = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) floats[i] = levels[source[i]!]!;
  return floats;
}
