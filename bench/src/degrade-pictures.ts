import { SparnetError } from '@sparnet/core';
import { resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { toRgb } from '@sparnet/image';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { madeUpPicture } from './made-up-picture.ts';

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
  if (folder === undefined)
    return Array.from({ length: most }, (_, index) => madeUpPicture(index, { width: side, height: side }));
  const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).toSorted();
  if (names.length === 0) throw new SparnetError('missing-file', `${folder}: no photographs there`);
  return Promise.all(
    names.slice(0, most).map(async (name) => {
      const photo = await decodeImage(await readFile(join(folder, name)), { name });
      return resize(toRgb(photo), { width: side, height: side });
    }),
  );
}
