import { checkInteger, checkNumber, invalid } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { exponential } from '../arithmetic/exponential.ts';
import { mirrored } from '../border.ts';
import { filterSeparably } from '../filter-separably.ts';
import { opaquePixels } from '../opaque-pixels.ts';
import { gaussianInSimd } from './gaussian-in-simd.ts';
import { normalised } from './normalised.ts';

/**
 * Blurred with a Gaussian: weights exp(-t^2 / (2 sigma^2)) at the integers t of a window, normalised to the sum 1, along
 * columns and rows, in float64; rounded once, ties up. The border is mirrored without its edge pixel (d c b | a b c d).
 *
 * @param options.sigma - Standard deviation in pixels, 0.01 to 200. Left out, it is OpenCV's for the size:
 *   0.3 ((size - 1) / 2 - 1) + 0.8, and for the sizes 1, 3, 5 and 7 its fixed binomial-like kernels.
 * @param options.size - Side of the window in pixels, odd, 1 to 999. Left out, it is imgaug's for sigma: the integer
 *   part of 3.3 sigma (2.9 sigma from 3 on, 2.6 sigma from 5 on), at least 5, an even one raised by 1. At least one of
 *   the two must be given.
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function gaussianBlur(image: Image, { sigma, size }: { sigma?: number; size?: number }): Image {
  if (sigma === undefined && size === undefined) throw invalid('sigma', 'sigma or size', undefined);
  if (sigma !== undefined) checkNumber('sigma', sigma, 0.01, 200);
  if (size !== undefined) checkInteger('size', size, 1, 999);
  if (size !== undefined && size % 2 === 0) throw invalid('size', 'odd integer', size);
  const pixels = opaquePixels(image);
  const weights = gaussianWeights({ sigma, size: size ?? windowOf(sigma!) });
  const data = gaussianInSimd(pixels, weights);
  if (data) return createImage({ ...pixels, data });
  const taps = weights.length;
  return filterSeparably(pixels, {
    rows: { taps, starts: centred(pixels.height, taps), weights },
    columns: { taps, starts: centred(pixels.width, taps), weights },
    border: mirrored,
  });
}

/** The side of the window that imgaug gives a sigma. */
function windowOf(sigma: number): number {
  const factor = sigma < 3 ? 3.3 : sigma < 5 ? 2.9 : 2.6;
  const size = Math.trunc(Math.max(5, factor * sigma));
  return size % 2 === 0 ? size + 1 : size;
}

/** What OpenCV uses when it is given the size alone. */
const fixedWeights: Readonly<Partial<Record<number, readonly number[]>>> = {
  1: [1],
  3: [0.25, 0.5, 0.25],
  5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
  7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
};

function gaussianWeights({ sigma, size }: { sigma: number | undefined; size: number }): Float64Array {
  const fixed = fixedWeights[size];
  if (sigma === undefined && fixed) return Float64Array.from(fixed);
  const deviation = sigma ?? 0.3 * ((size - 1) / 2 - 1) + 0.8;
  const weights = Float64Array.from({ length: size }, (_, i) => {
    const t = i - (size - 1) / 2;
    return exponential(-(t * t) / (2 * deviation * deviation));
  });
  return normalised(weights);
}

function centred(length: number, taps: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i - (taps - 1) / 2);
}
