import { randomStream } from '@sparnet/core';
import { createImage, resize, type Image } from '@sparnet/image';

/** Noise of the spectrum of photographs: every octave of detail has half the amplitude of the one before. */
export function madeUpPicture(index: number, { width, height }: Pick<Image, 'width' | 'height'>): Image {
  const random = randomStream({ seed: 1, purpose: 'bench picture', index });
  const sums = new Float64Array(3 * width * height).fill(128);
  for (let cells = 2, amplitude = 1; cells <= Math.max(width, height); cells *= 2, amplitude /= 2) {
    const coarse = createImage({ width: cells, height: cells, channels: 3 });
    for (let i = 0; i < coarse.data.length; i++) coarse.data[i] = random.integer(256);
    const fine = resize(coarse, { width, height });
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + amplitude * (fine.data[i]! - 128);
  }
  return createImage({ width, height, channels: 3, data: Uint8ClampedArray.from(sums) });
}
