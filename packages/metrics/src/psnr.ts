import type { Image } from '@sparnet/image';
import { comparePlanes, type ComparisonOptions } from './protocol.ts';

/**
 * The peak signal-to-noise ratio of two images in dB, 10 log10(255^2 / MSE), the mean squared error taken over all samples
 * that the protocol compares. The order of the images doesn't matter. Equal images give `Infinity`: average such scores
 * with care.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, or the sizes or channels differ, `bad-argument`
 *   when an option is invalid or the border leaves nothing.
 */
export function psnr(a: Image, b: Image, options: ComparisonOptions = {}): number {
  let squares = 0;
  let count = 0;
  comparePlanes(a, b, options, (first, second) => {
    squares += squaredError(first.values, second.values);
    count += first.values.length;
  });
  return 10 * Math.log10(255 ** 2 / (squares / count));
}

function squaredError(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}
