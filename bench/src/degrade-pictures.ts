import { SparnetError, randomStream } from '@sparnet/core';
import { createImage, resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { toRgb } from '@sparnet/image';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Width and height of every picture. */
export const side = 512;

/** No comparison gains from more. */
const most = 12;

/**
 * The first dozen photographs of a folder, resized, or as many made-up ones.
 *
 * @throws SparnetError `missing-file` for a folder without photographs.
 */
export async function readPictures(folder: string | undefined): Promise<Image[]> {
  if (folder === undefined) return Array.from({ length: most }, (_, index) => madeUp(index));
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).toSorted();
  if (names.length === 0) throw new SparnetError('missing-file', `${folder}: no photographs there`);
  return Promise.all(
    names.slice(0, most).map(async (name) => {
      const photo = await decodeImage(await readFile(join(folder, name)), { name });
      return resize(toRgb(photo), { width: side, height: side });
    }),
  );
}

/** Noise of the spectrum of photographs: every octave of detail has half the amplitude of the one before. */
function madeUp(index: number): Image {
  const random = randomStream({ seed: 1, purpose: 'bench picture', index });
  const sums = new Float64Array(3 * side * side).fill(128);
  for (let cells = 2, amplitude = 1; cells <= side; cells *= 2, amplitude /= 2) {
    const coarse = createImage({ width: cells, height: cells, channels: 3 });
    for (let i = 0; i < coarse.data.length; i++) coarse.data[i] = random.integer(256);
    const fine = resize(coarse, { width: side, height: side });
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + amplitude * (fine.data[i]! - 128);
  }
  return createImage({ width: side, height: side, channels: 3, data: Uint8ClampedArray.from(sums) });
}
