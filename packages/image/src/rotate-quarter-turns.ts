import { checkInteger } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { checkImage, createImage, type Image } from './image.ts';

/**
 * The image turned clockwise by `turns` times 90 degrees; negative turns go the other way.
 *
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` when `turns` is not an integer.
 */
export function rotateQuarterTurns(image: Image, turns: number): Image {
  const { width, height, channels } = checkImage(image);
  checkInteger('turns', turns, Number.MIN_SAFE_INTEGER);
  const quarter = ((turns % 4) + 4) % 4;
  const upright = quarter % 2 === 0;
  const result = createImage({ width: upright ? width : height, height: upright ? height : width, channels });
  // Where the first sample goes, and how far apart neighbours of a row and of a column come to lie, in pixels.
  const [first, right, down] = [
    [0, 1, width],
    [height - 1, height, -1],
    [width * height - 1, -1, -width],
    [(width - 1) * height, -height, 1],
  ][quarter] as [number, number, number];
  const source = imageBytes(image);
  const { data } = result;
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (first + x * right + y * down) * channels;
      for (let c = 0; c < channels; c++) data[to + c] = source[from++]!;
    }
  }
  return result;
}
