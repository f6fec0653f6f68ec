import { checkNumber } from '@sparnet/core';
import { createImage, toRgb, type Image } from '@sparnet/image';
import { opaquePixels } from '../opaque-pixels.ts';
import { toLevel } from '../to-level.ts';

/**
 * The image as RGB with a number of levels added to each channel, rounded, ties up, and clipped to 0 .. 255.
 *
 * @param options.red, options.green, options.blue - Levels, -255 to 255.
 * @throws SparnetError `bad-argument` for an invalid shift, `bad-image` for an invalid image or one with alpha.
 */
export function shiftColour(
  image: Image,
  { red, green, blue }: { red: number; green: number; blue: number },
): Image {
  const shifts = [
    checkNumber('red', red, -255, 255),
    checkNumber('green', green, -255, 255),
    checkNumber('blue', blue, -255, 255),
  ];
  const { width, height, data } = toRgb(opaquePixels(image));
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) result[i] = toLevel(data[i]! + shifts[i % 3]!);
  return createImage({ width, height, channels: 3, data: new Uint8Array(result.buffer) });
}
