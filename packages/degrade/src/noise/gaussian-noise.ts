import { checkNumber, randomStream } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { opaquePixels } from '../opaque-pixels.ts';
import { noiseInSimd } from './noise-in-simd.ts';
import { normalDeviates } from './normal-deviates.ts';

const purpose = 'degrade gaussian noise';

/**
 * The image with additive white Gaussian noise, rounded once, ties up, and clipped to 0 .. 255. The noise is a function
 * of the seed and the position alone: Philox 4x32-10 with a normal deviate from arithmetic that IEEE 754 fixes.
 *
 * @param options.sigma - Standard deviation in levels, 0 to 255.
 * @param options.grey - One deviate a pixel for all channels, instead of one a sample.
 * @param options.seed - Non-negative integer below 2^53.
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function gaussianNoise(
  image: Image,
  { sigma, grey = false, seed }: { sigma: number; grey?: boolean; seed: number },
): Image {
  checkNumber('sigma', sigma, 0, 255);
  const deviate = normalDeviates(randomStream({ seed, purpose }));
  const { width, height, channels, data } = opaquePixels(image);
  const together = grey ? channels : 1;
  const noisy = noiseInSimd(data, { sigma, together, seed, purpose });
  if (noisy) return createImage({ width, height, channels, data: noisy });
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += together) {
    const noise = sigma * deviate() + 0.5;
    for (let k = i; k < i + together; k++) result[k] = Math.floor(data[k]! + noise);
  }
  return createImage({ width, height, channels, data: new Uint8Array(result.buffer) });
}
