import { SparnetError, checkInteger, invalid } from '@sparnet/core';
import { checkImage, createImage, type Image } from '@sparnet/image';
import type { FivePoints } from './five-points.ts';
import { similarityTransform } from './similarity-transform.ts';

/** Where the five points of an upright face are in the aligned FFHQ pictures, in parts of the side. */
const template: FivePoints = [
  { x: 192.98 / 512, y: 239.95 / 512 },
  { x: 318.9 / 512, y: 240.19 / 512 },
  { x: 256.63 / 512, y: 314.02 / 512 },
  { x: 201.26 / 512, y: 371.41 / 512 },
  { x: 313.09 / 512, y: 371.15 / 512 },
];

/**
 * The face turned, scaled and moved so that its five points come to lie as near as they can to their places in an aligned
 * FFHQ picture (least squares, see {@link similarityTransform}). Samples are interpolated linearly between the four nearest
 * pixels; outside the image its edge is repeated. Align the images of a pair with the points of one of them.
 *
 * @param options.size - Side of the square result in pixels. Much smaller than the face in the image, it aliases: reduce
 *   the image first.
 * @throws SparnetError `bad-image` when the image is invalid or has alpha, `bad-argument` when the size is invalid or the
 *   points fix no transform.
 */
export function alignFace(image: Image, points: FivePoints, { size }: { size: number }): Image {
  checkImage(image);
  if (image.channels === 4) {
    throw new SparnetError('bad-image', 'expected an image without alpha: flatten it with toRgb first');
  }
  checkInteger('size', size, 1);
  if (points.length !== template.length) throw invalid('points', 'five points', points.length);
  const result = createImage({ width: size, height: size, channels: image.channels });
  const places = template.map(({ x, y }) => ({ x: x * size, y: y * size }));
  const { cos, sin, left, top } = similarityTransform(points, places);
  const square = cos * cos + sin * sin;
  let to = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = x + 0.5 - left;
      const v = y + 0.5 - top;
      writePixel(result, to, image, (cos * u + sin * v) / square - 0.5, (cos * v - sin * u) / square - 0.5);
      to += image.channels;
    }
  }
  return result;
}

/** @param x - In the source, counted from the middle of the first pixel; `y` likewise. */
function writePixel(
  result: Image,
  to: number,
  { width, height, channels, data }: Image,
  x: number,
  y: number,
): void {
  const insideX = Math.min(width - 1, Math.max(0, x));
  const insideY = Math.min(height - 1, Math.max(0, y));
  const left = Math.floor(insideX);
  const top = Math.floor(insideY);
  const shareX = insideX - left;
  const shareY = insideY - top;
  const upper = top * width;
  const lower = Math.min(top + 1, height - 1) * width;
  const right = Math.min(left + 1, width - 1);
  for (let c = 0; c < channels; c++) {
    const at = (pixel: number) => data[pixel * channels + c]!;
    const above = at(upper + left) + (at(upper + right) - at(upper + left)) * shareX;
    const below = at(lower + left) + (at(lower + right) - at(lower + left)) * shareX;
    result.data[to + c] = Math.round(above + (below - above) * shareY);
  }
}
