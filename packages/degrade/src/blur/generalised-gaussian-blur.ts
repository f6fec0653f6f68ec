import { checkInteger, checkNumber, checkOneOf, invalid } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { exponential } from '../arithmetic/exponential.ts';
import { power } from '../arithmetic/power.ts';
import { cosine, sine } from '../arithmetic/sine.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { kernelBlur, type Kernel } from './kernel-blur.ts';
import { normalised } from './normalised.ts';

/** The kernels of GFPGAN and Real-ESRGAN. */
export interface GeneralisedGaussian {
  /** Odd side of the window in pixels, 1 to 101. */
  size: number;
  /** Standard deviation along the first axis in pixels, 0.01 to 100. */
  sigma: number;
  /** Standard deviation along the second axis; as `sigma` if left out. */
  sigmaY?: number;
  /** By how much the first axis is turned clockwise from the right, in degrees. */
  angle?: number;
  /** Shape, 0.1 to 10: 1 is a Gaussian, less has a sharper peak, more a flatter one. */
  beta?: number;
  profile?: 'exponential' | 'plateau';
}

/**
 * Blurred by {@link generalisedGaussianKernel}: border mirrored without its edge pixel (d c b | a b c d), float64,
 * rounded once, ties up. Any size costs about the same.
 *
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function generalisedGaussianBlur(image: Image, options: GeneralisedGaussian): Image {
  const { size, sigma, sigmaY = sigma, beta = 1, profile = 'exponential' } = options;
  const kernel = generalisedGaussianKernel(options);
  if (sigmaY === sigma && beta === 1 && profile === 'exponential')
    return gaussianBlur(image, { sigma, size });
  return kernelBlur(image, kernel);
}

/**
 * Weights exp(-q^beta / 2) (`exponential`) or 1 / (q^beta + 1) (`plateau`), normalised to the sum 1, where
 * q = (u / sigma)^2 + (v / sigmaY)^2 and u, v are the coordinates along the two axes (Real-ESRGAN, arXiv 2107.10833,
 * section 3.1, as BasicSR computes it).
 *
 * @throws SparnetError `bad-argument` for an invalid option.
 */
export function generalisedGaussianKernel({
  size,
  sigma,
  sigmaY = sigma,
  angle = 0,
  beta = 1,
  profile = 'exponential',
}: GeneralisedGaussian): Kernel {
  checkInteger('size', size, 1, 101);
  if (size % 2 === 0) throw invalid('size', 'odd integer', size);
  checkNumber('sigma', sigma, 0.01, 100);
  checkNumber('sigmaY', sigmaY, 0.01, 100);
  checkNumber('angle', angle, -36000, 36000);
  checkNumber('beta', beta, 0.1, 10);
  checkOneOf('profile', profile, ['exponential', 'plateau']);
  const reach = (size - 1) / 2;
  const radians = (angle * Math.PI) / 180;
  const cos = cosine(radians);
  const sin = sine(radians);
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size) - reach;
    const y = Math.floor(i / size) - reach;
    const u = (cos * x + sin * y) / sigma;
    const v = (cos * y - sin * x) / sigmaY;
    const q = power(u * u + v * v, beta);
    return profile === 'plateau' ? 1 / (q + 1) : exponential(-q / 2);
  });
  return { size, weights: normalised(weights) };
}
