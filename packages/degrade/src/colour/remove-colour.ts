import { toGrey, toRgb, type Image } from '@sparnet/image';
import { opaquePixels } from '../opaque-pixels.ts';

/**
 * The image without colour, with as many channels as before: the luma of ITU-R BT.601 in 16-bit fixed point, as Pillow's
 * mode `L`.
 *
 * @throws SparnetError `bad-image` for an invalid image or one with alpha.
 */
export function removeColour(image: Image): Image {
  const pixels = opaquePixels(image);
  return pixels.channels === 1 ? { ...pixels, data: pixels.data.slice() } : toRgb(toGrey(pixels));
}
