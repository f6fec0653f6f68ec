import { writeImage } from '@sparnet/image/node';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { madeUpPicture } from './made-up-picture.ts';

/** As many as the loaders read again and again. */
const count = 64;

/** Make JPEG files of the size of CelebA's photographs in a new folder; returns the folder. */
export async function writeTrainingPhotos(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    await writeImage(join(folder, `${i}.jpg`), madeUpPicture(i, { width: 178, height: 218 }));
  }
  return folder;
}
