import { imageBytes } from './image-bytes.ts';
import { checkImage, createImage, type Image } from './image.ts';
import { toRgb, white, type Rgb } from './to-rgb.ts';

/**
 * The image with one channel: luma of ITU-R BT.601 in 16-bit fixed point, as Pillow's mode `L`. Alpha is flattened over
 * `background` first. An image that is grey already is returned as it is, not copied.
 *
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` for an invalid background.
 */
export function toGrey(image: Image, { background = white }: { background?: Rgb } = {}): Image {
  const { width, height, channels } = checkImage(image);
  if (channels === 1) return image;
  const source = imageBytes(toRgb(image, { background }));
  const result = createImage({ width, height, channels: 1 });
  const { data } = result;
  for (let i = 0; i < data.length; i++) {
    const luma = 19595 * source[3 * i]! + 38470 * source[3 * i + 1]! + 7471 * source[3 * i + 2]!;
    data[i] = (luma + 0x8000) >> 16;
  }
  return result;
}
