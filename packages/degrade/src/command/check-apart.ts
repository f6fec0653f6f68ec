import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SparnetError } from '@sparnet/core';
import type { Picture } from './list-pictures.ts';

/**
 * Refuses a folder for results that is the input or lies in it, links followed: results among the photos would be
 * degraded themselves by the next run.
 *
 * @throws SparnetError `bad-argument`.
 */
export function checkOutside(input: string, folder: string): void {
  const way = relative(realPath(input), realPath(folder));
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return;
  throw new SparnetError(
    'bad-argument',
    `--out: ${folder} lies inside ${input}; choose a folder that holds no photos`,
  );
}

/**
 * Refuses files that would lie in the input or take the place of a picture, links followed.
 *
 * @param files - The files that are to be written; none of them need be there.
 * @throws SparnetError `bad-argument`, naming the first such file or its folder.
 */
export function checkApart(input: string, pictures: readonly Picture[], files: Iterable<string>): void {
  const originals = new Set<string>();
  // The pictures of an archive share its file.
  for (const file of new Set(pictures.map((picture) => picture.path))) originals.add(realPath(file));
  const folders = new Map<string, string>();
  for (const file of files) {
    const folder = dirname(file);
    if (!folders.has(folder)) {
      checkOutside(input, folder);
      folders.set(folder, realPath(folder));
    }
    if (!originals.has(join(folders.get(folder)!, basename(file)))) continue;
    throw new SparnetError('bad-argument', `--out: ${file} is one of the pictures; choose another folder`);
  }
}

/** The path without links, also of what isn't there yet. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}
