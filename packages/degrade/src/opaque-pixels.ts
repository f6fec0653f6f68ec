import { SparnetError } from '@sparnet/core';
import { checkImage, type Image } from '@sparnet/image';

/** A picture whose samples are known to be a plain `Uint8Array`. */
export interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/**
 * The samples of a grey or RGB image, over the same memory. Alpha has no place in a degradation: what is transparent has
 * no colour to blur, and JPEG keeps none.
 *
 * @throws SparnetError `bad-image` for an invalid image and for one with alpha.
 */
export function opaquePixels(image: Image): Pixels {
  const { width, height, channels, data } = checkImage(image);
  if (channels === 4) {
    throw new SparnetError(
      'bad-image',
      'expected 1 or 3 channels, got 4: flatten alpha with toRgb of @sparnet/image first',
    );
  }
  const bytes =
    data.constructor === Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width, height, channels, data: bytes };
}
