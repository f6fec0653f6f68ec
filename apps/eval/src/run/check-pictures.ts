import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { asUsage } from 'command-line';
import { realPlace } from './real-place.ts';

/** A picture that will be written. */
export interface ResultPicture {
  /** The name of the picture that it is made of. */
  name: string;
  file: string;
}

/** The pictures that a command reads and will write. */
export interface PicturesToWrite {
  /** The flag that says where to, and what was given. */
  flag: string;
  out: string;
  results: readonly ResultPicture[];
  /** The files that are read: pictures and archives. All are there. */
  read: readonly string[];
  /** Other files in the places of results may be replaced. What is read may not. */
  overwrite: boolean;
}

/** A result, and where it will really lie. */
interface Placed extends ResultPicture {
  place: string;
}

/**
 * Checks before the first picture is written that each has a place of its own, that none takes the place of a picture
 * that is read, and, unless `overwrite`, of any other file. Links are followed.
 *
 * @throws SparnetError `bad-argument` (wrong usage) for two results in one place, a result in the place of a folder for
 *   another, or in that of what is read; `bad-file` where a folder or a file stands in the way; `exists` for a file
 *   that is there already.
 */
export async function checkPictures({ flag, out, results, read, overwrite }: PicturesToWrite): Promise<void> {
  const placed = await withPlaces(results);
  await asUsage(() => checkApart(placed));
  const there = await standing(placed);
  const [first] = there;
  if (!first) return;
  await asUsage(() => checkUnread(there, { flag, out, read }));
  const folder = await firstFolder(there);
  if (folder)
    throw new SparnetError(
      'bad-file',
      `${folder.file}, for ${folder.name}: is a folder; choose another ${flag}`,
    );
  if (overwrite) return;
  const more =
    there.length === 1 ? 'is there already' : `and ${there.length - 1} more results are there already`;
  throw new SparnetError(
    'exists',
    `${first.file} ${more}; choose another ${flag}, or allow it by --overwrite`,
  );
}

/** A file that is replaced is not followed if it is a link; the folders on the way to it are. */
async function withPlaces(results: readonly ResultPicture[]): Promise<Placed[]> {
  const folders = new Map<string, Promise<string>>();
  const folderOf = (path: string): Promise<string> => {
    const known = folders.get(path) ?? realPlace(path);
    folders.set(path, known);
    return known;
  };
  const placed: Placed[] = [];
  for (const { name, file } of results)
    placed.push({ name, file, place: join(await folderOf(dirname(file)), basename(file)) });
  return placed;
}

function checkApart(placed: readonly Placed[]): void {
  const taken = new Map<string, Placed>();
  for (const result of placed) {
    const other = taken.get(result.place);
    if (other)
      throw new SparnetError(
        'bad-argument',
        `${other.name} and ${result.name} would both become ${result.file}; rename one`,
      );
    taken.set(result.place, result);
  }
  const seen = new Set<string>();
  for (const { name, place } of placed) {
    for (let above = dirname(place); !seen.has(above); above = dirname(above)) {
      seen.add(above);
      const other = taken.get(above);
      if (other)
        throw new SparnetError(
          'bad-argument',
          `${other.name} would become ${other.file}, which must be a folder for ${name}; rename one`,
        );
    }
  }
}

/** The results in whose places something is, if only a link to nowhere. */
async function standing(placed: readonly Placed[]): Promise<Placed[]> {
  const there: Placed[] = [];
  for (const result of placed) {
    const code = await lstat(result.file).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code ?? '',
    );
    if (code === 'ENOTDIR') throw await fileInTheWay(result);
    // Whatever else keeps it from being seen is said when it is written.
    if (code === undefined) there.push(result);
  }
  return there;
}

async function fileInTheWay({ name, file }: Placed): Promise<SparnetError> {
  let above = dirname(file);
  while (!(await stat(above).catch(() => undefined))) above = dirname(above);
  const message = `${above}: is a file, but must be a folder for what becomes of ${name}; choose another place`;
  return new SparnetError('bad-file', message);
}

async function checkUnread(
  there: readonly Placed[],
  { flag, out, read }: Pick<PicturesToWrite, 'flag' | 'out' | 'read'>,
): Promise<void> {
  const sources = new Map<string, string>();
  for (const path of new Set(read)) {
    // A picture that is a link is read through it: neither the link nor what it leads to may be replaced.
    sources.set(join(await realPlace(dirname(path)), basename(path)), path);
    sources.set(await realPlace(path), path);
  }
  for (const { name, file, place } of there) {
    const source = sources.get(place) ?? sources.get(await realPlace(file));
    if (source !== undefined)
      throw new SparnetError(
        'bad-argument',
        `${flag} ${out} would write over what is read from ${source}: ${name} would become ${file}; choose another place`,
      );
  }
}

async function firstFolder(there: readonly Placed[]): Promise<Placed | undefined> {
  for (const result of there) {
    const info = await stat(result.file).catch(() => undefined);
    if (info?.isDirectory()) return result;
  }
  return undefined;
}
