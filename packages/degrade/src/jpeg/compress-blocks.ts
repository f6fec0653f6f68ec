import { forwardDct } from './forward-dct.ts';
import { inverseDct } from './inverse-dct.ts';
import type { Plane } from './plane.ts';
import { quantise } from './quantise.ts';

/** The samples' middle, which the DCT takes as zero. */
const middle = 128;

/**
 * Replaces each block of 8 x 8 samples that holds a sample of the picture by what a JPEG file keeps of it, in place.
 * Results beyond 0 to 255 are limited, however far, as by libjpeg-turbo's vector code. (Its portable code wraps those
 * beyond -384 to 639, which only contrived blocks at the lowest qualities reach.)
 *
 * @param plane - Its padding must be filled.
 * @param steps - 64 quantisation steps, row by row.
 */
export function compressBlocks({ width, height, stride, data }: Plane, steps: Int32Array): void {
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const corner = top * stride + left;
      loadBlock(data, corner, stride, block);
      forwardDct(block);
      quantise(block, steps);
      inverseDct(block);
      storeBlock(block, data, corner, stride);
    }
  }
}

function loadBlock(data: Uint8ClampedArray, corner: number, stride: number, block: Int32Array): void {
  for (let y = 0, i = 0, from = corner; y < 8; y++, from += stride) {
    for (let x = 0; x < 8; x++) block[i++] = data[from + x]! - middle;
  }
}

function storeBlock(block: Int32Array, data: Uint8ClampedArray, corner: number, stride: number): void {
  for (let y = 0, i = 0, to = corner; y < 8; y++, to += stride) {
    for (let x = 0; x < 8; x++) data[to + x] = block[i++]! + middle;
  }
}
