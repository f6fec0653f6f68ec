import { checkNumber, randomStream } from '@sparnet/core';
import { createImage, toGrey, type Image } from '@sparnet/image';
import { exponential } from '../arithmetic/exponential.ts';
import { opaquePixels } from '../opaque-pixels.ts';

/**
 * The image with the shot noise of Real-ESRGAN (as BasicSR makes it): with N the number of different levels in the image
 * raised to a power of two, a level x becomes x + scale (255 P / N - x), where P has the Poisson distribution of mean
 * N x / 255. Rounded once, ties up, and clipped to 0 .. 255.
 *
 * @param options.scale - How strong, 0 to 10; 1 is the noise of N photons at white.
 * @param options.grey - The noise of the grey image for all channels, instead of one a sample.
 * @param options.seed - Non-negative integer below 2^53.
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function poissonNoise(
  image: Image,
  { scale, grey = false, seed }: { scale: number; grey?: boolean; seed: number },
): Image {
  checkNumber('scale', scale, 0, 10);
  const random = randomStream({ seed, purpose: 'degrade poisson noise' });
  const { width, height, channels, data } = opaquePixels(image);
  const lit = grey && channels === 3 ? toGrey(image).data : data;
  const together = lit === data ? 1 : 3;
  const photons = photonsOf(lit);
  const counts = Array.from({ length: 256 }, (_, level) => cumulativePoisson((photons * level) / 255));
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += together) {
    const level = lit[i / together]!;
    const count = firstAbove(counts[level]!, random.uniform());
    const noise = scale * ((255 * count) / photons - level) + 0.5;
    for (let k = i; k < i + together; k++) result[k] = Math.floor(data[k]! + noise);
  }
  return createImage({ width, height, channels, data: new Uint8Array(result.buffer) });
}

/** The number of different levels, raised to a power of two. */
function photonsOf(levels: Uint8Array | Uint8ClampedArray): number {
  const different = new Set(levels).size;
  let photons = 1;
  while (photons < different) photons *= 2;
  return photons;
}

/** The probabilities of at most 0, 1, 2, ... events, up to where double precision has no more. */
function cumulativePoisson(mean: number): Float64Array {
  const sums: number[] = [];
  let probability = exponential(-mean);
  let sum = probability;
  for (let n = 1; n <= mean || probability > 1e-17; n++) {
    sums.push(sum);
    probability *= mean / n;
    sum += probability;
  }
  return Float64Array.from(sums);
}

/** The index of the first element above the value, or the number of elements. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
