import { SparnetError } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { gaussianMeans, windowSize } from './gaussian-window.ts';
import { comparedPlanes, type ComparisonOptions, type Plane } from './protocol.ts';

const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/**
 * The structural similarity of two images (Wang et al., IEEE TIP 2004): Gaussian window of 11 x 11 samples with sigma 1.5,
 * K1 = 0.01, K2 = 0.03, population covariance, averaged over all places where the window lies inside the image, as
 * scikit-image computes it. The order of the images doesn't matter. Equal images give 1.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, is smaller than 11 x 11 pixels without its border,
 *   or the sizes or channels differ, `bad-argument` when an option is invalid or the border leaves nothing.
 */
export function ssim(a: Image, b: Image, options: ComparisonOptions = {}): number {
  const planes = comparedPlanes(a, b, options);
  return planes.reduce((sum, pair) => sum + planeSsim(pair.a, pair.b), 0) / planes.length;
}

function planeSsim(a: Plane, b: Plane): number {
  const { width, height } = a;
  if (width < windowSize || height < windowSize) {
    throw new SparnetError(
      'bad-image',
      `SSIM needs at least ${windowSize} x ${windowSize} pixels inside the border, got ${width} x ${height}`,
    );
  }
  const mean = (values: Float64Array) => gaussianMeans(values, width, height);
  const meanA = mean(a.values);
  const meanB = mean(b.values);
  // a^2 + b^2 stands for both variances, of which the formula needs the sum only.
  const meanSquares = mean(a.values.map((value, i) => value * value + b.values[i]! * b.values[i]!));
  const meanProduct = mean(a.values.map((value, i) => value * b.values[i]!));
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const product = meanA[i]! * meanB[i]!;
    const squares = meanA[i]! * meanA[i]! + meanB[i]! * meanB[i]!;
    const luminance = (2 * product + c1) / (squares + c1);
    const structure = (2 * (meanProduct[i]! - product) + c2) / (meanSquares[i]! - squares + c2);
    sum += luminance * structure;
  }
  return sum / meanA.length;
}
