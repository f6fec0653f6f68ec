import { checkInteger, checkNumber, invalid } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { besselJ1 } from '../arithmetic/bessel-j1.ts';
import { kernelBlur, type Kernel } from './kernel-blur.ts';
import { normalised } from './normalised.ts';

/** An ideal low-pass filter, cut off by its window: it makes the ringing seen beside edges of compressed pictures. */
export interface Sinc {
  /** Odd side of the window in pixels, 1 to 31. */
  size: number;
  /** The highest frequency that passes, in radians per pixel, 0.01 to pi. */
  cutoff: number;
}

/**
 * Filtered by {@link sincKernel}: border mirrored without its edge pixel (d c b | a b c d), float64, rounded once, ties
 * up. Any size costs about the same.
 *
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function sincBlur(image: Image, options: Sinc): Image {
  return kernelBlur(image, sincKernel(options));
}

/**
 * The circular low-pass kernel of Real-ESRGAN (arXiv 2107.10833, equation 5): cutoff J1(cutoff r) / (2 pi r), in the
 * middle cutoff^2 / (4 pi), normalised to the sum 1.
 *
 * @throws SparnetError `bad-argument` for an invalid option.
 */
export function sincKernel({ size, cutoff }: Sinc): Kernel {
  checkInteger('size', size, 1, 31);
  if (size % 2 === 0) throw invalid('size', 'odd integer', size);
  checkNumber('cutoff', cutoff, 0.01, Math.PI);
  const reach = (size - 1) / 2;
  const known = new Map<number, number>();
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size) - reach;
    const y = Math.floor(i / size) - reach;
    const square = x * x + y * y;
    const weight = known.get(square) ?? atDistance(Math.sqrt(square), cutoff);
    known.set(square, weight);
    return weight;
  });
  return { size, weights: normalised(weights) };
}

function atDistance(r: number, cutoff: number): number {
  if (r === 0) return (cutoff * cutoff) / (4 * Math.PI);
  return (cutoff * besselJ1(cutoff * r)) / (2 * Math.PI * r);
}
