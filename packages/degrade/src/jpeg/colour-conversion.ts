import type { Image } from '@sparnet/image';
import { createPlane, type Plane } from './plane.ts';

// Weights of ITU-R BT.601 in 16-bit fixed point. Those of a chroma sum to zero, so that greys have no colour at all.

const half = 0x8000;
/** 128 levels, and a half less one unit: the largest blue or red then rounds to 255, not to 256. */
const chromaOffset = 128 * 0x10000 + half - 1;

/**
 * The Y, Cb and Cr planes of an RGB image, to the last bit as libjpeg converts them. The padding of the planes is left
 * zero.
 */
export function rgbToYcbcr({ width, height, data }: Image): [Plane, Plane, Plane] {
  const planes: [Plane, Plane, Plane] = [
    createPlane(width, height),
    createPlane(width, height),
    createPlane(width, height),
  ];
  const { stride } = planes[0];
  const [luma, blueness, redness] = [planes[0].data, planes[1].data, planes[2].data];
  let from = 0;
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    for (let to = row; to < row + width; to++) {
      const red = data[from]!;
      const green = data[from + 1]!;
      const blue = data[from + 2]!;
      from += 3;
      luma[to] = (19595 * red + 38470 * green + 7471 * blue + half) >> 16;
      blueness[to] = (32768 * blue - 11059 * red - 21709 * green + chromaOffset) >> 16;
      redness[to] = (32768 * red - 27439 * green - 5329 * blue + chromaOffset) >> 16;
    }
  }
  return planes;
}

/** The RGB image of Y, Cb and Cr planes of one size, to the last bit as libjpeg converts them. */
export function ycbcrToRgb([luma, blueness, redness]: [Plane, Plane, Plane]): Image {
  const { width, height, stride } = luma;
  const data = new Uint8ClampedArray(width * height * 3);
  const [y, cb, cr] = [luma.data, blueness.data, redness.data];
  let to = 0;
  for (let row = 0; row < height * stride; row += stride) {
    for (let from = row; from < row + width; from++) {
      const grey = y[from]!;
      const blue = cb[from]! - 128;
      const red = cr[from]! - 128;
      data[to] = grey + ((91881 * red + half) >> 16);
      data[to + 1] = grey + ((half - 22554 * blue - 46802 * red) >> 16);
      data[to + 2] = grey + ((116130 * blue + half) >> 16);
      to += 3;
    }
  }
  return { width, height, channels: 3, data: new Uint8Array(data.buffer) };
}
