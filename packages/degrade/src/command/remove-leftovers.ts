import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nameOfTemporary } from '@sparnet/core/node';
import { outputFile, type Output } from './degrade-picture.ts';
import type { Picture } from './list-pictures.ts';

/**
 * Removes what a killed run left of images that it was writing: hidden files beside those of these pictures. Files of
 * other pictures are not touched, for another shard may be at work in the same folder.
 */
export async function removeLeftovers(
  out: string,
  write: readonly Output[],
  pictures: readonly Picture[],
): Promise<void> {
  const names = new Map<string, Set<string>>();
  for (const output of write) {
    for (const picture of pictures) {
      const file = outputFile(out, output, picture);
      const inFolder = names.get(dirname(file)) ?? new Set();
      names.set(dirname(file), inFolder.add(basename(file)));
    }
  }
  for (const [folder, ours] of names) {
    for (const name of await readdir(folder).catch(() => [])) {
      const of = nameOfTemporary(name);
      if (of !== undefined && ours.has(of)) await rm(join(folder, name), { force: true });
    }
  }
}
