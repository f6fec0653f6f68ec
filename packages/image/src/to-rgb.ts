import { checkInteger } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { checkImage, createImage, type Image } from './image.ts';

/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [number, number, number];

/** White, as a picture lies on a page. */
export const white: Rgb = [255, 255, 255];

/**
 * The image with three channels: grey is repeated, alpha is flattened over `background` (in sRGB values, rounded to the
 * nearest level). An image that has three channels already is returned as it is, not copied.
 *
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` for an invalid background.
 */
export function toRgb(image: Image, { background = white }: { background?: Rgb } = {}): Image {
  const { width, height, channels } = checkImage(image);
  checkRgb('background', background);
  if (channels === 3) return image;
  const source = imageBytes(image);
  const result = createImage({ width, height, channels: 3 });
  const { data } = result;
  const pixels = width * height;
  if (channels === 1) {
    for (let i = 0; i < pixels; i++) data.fill(source[i]!, 3 * i, 3 * i + 3);
    return result;
  }
  for (let i = 0; i < pixels; i++) {
    const alpha = source[4 * i + 3]!;
    for (let c = 0; c < 3; c++) {
      // 255 is odd, so the quotient never lies half way and adding 127 rounds to the nearest.
      const sum = source[4 * i + c]! * alpha + background[c]! * (255 - alpha);
      data[3 * i + c] = Math.trunc((sum + 127) / 255);
    }
  }
  return result;
}

/** Refuses what is not three integers from 0 to 255. */
export function checkRgb(name: string, color: Rgb): void {
  checkInteger(`${name}.length`, color.length, 3, 3);
  color.forEach((value, c) => checkInteger(`${name}[${c}]`, value, 0, 255));
}
