import { checkInteger, invalid } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { checkImage, createImage, type Image } from './image.ts';

/** A rectangle of whole pixels; `left` and `top` count from the upper left corner. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * A copy of the part of the image inside the rectangle.
 *
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` when the rectangle is empty or leaves the image.
 */
export function crop(image: Image, { left, top, width, height }: Rectangle): Image {
  checkImage(image);
  checkInteger('left', left, 0);
  checkInteger('top', top, 0);
  checkInteger('width', width, 1);
  checkInteger('height', height, 1);
  if (left + width > image.width || top + height > image.height) {
    const inside = `rectangle inside ${image.width} x ${image.height} pixels`;
    throw invalid('crop', inside, `${width} x ${height} at (${left}, ${top})`);
  }
  const { channels } = image;
  const source = imageBytes(image);
  const result = createImage({ width, height, channels });
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    result.data.set(source.subarray(from, from + width * channels), y * width * channels);
  }
  return result;
}
