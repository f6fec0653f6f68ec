import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { tarMembers } from './tar-members.ts';

/** A picture to degrade. */
export interface Picture {
  /** Path inside the folder or archive, with `/` between its parts. */
  name: string;
  /** The name of its results, without extension; no two pictures share one. */
  stem: string;
  /** The file that holds its bytes, and where in it if that is an archive. */
  file: string;
  offset?: number;
  size?: number;
}

const isPicture = (name: string): boolean => /\.(?:jpe?g|png|webp)$/i.test(name);

/**
 * The pictures in a file, a folder (recursive, sorted by name) or a tar archive (in its order): files whose names end in
 * .jpg, .jpeg, .png or .webp, those that begin with a dot left out.
 *
 * @throws SparnetError `missing-file` when nothing is there; `no-data` when there is no picture; `unsafe-file` when a
 *   name in an archive leads out of it; `bad-file` for a damaged archive or one that holds a name twice.
 */
export async function listPictures(path: string): Promise<Picture[]> {
  const found = await stat(path).catch(() => {
    throw new SparnetError('missing-file', `${path}: no such file or folder`);
  });
  const places = found.isDirectory()
    ? await inFolder(path)
    : /\.tar$/i.test(path)
      ? await inArchive(path)
      : [{ name: basename(path), file: path }];
  if (places.length === 0)
    throw new SparnetError('no-data', `${path}: holds no .jpg, .jpeg, .png or .webp file`);
  return withStems(places, path);
}

type Place = Omit<Picture, 'stem'>;

async function inFolder(folder: string): Promise<Place[]> {
  const found: Place[] = [];
  await visit('', []);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  async function visit(inside: string, above: readonly string[]): Promise<void> {
    const here = await realpath(join(folder, inside));
    if (above.includes(here)) return; // a link in a circle
    for (const entry of await readdir(here, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const target = entry.isSymbolicLink()
        ? await stat(join(here, entry.name)).catch(() => undefined)
        : entry;
      if (target?.isDirectory()) await visit(name, [...above, here]);
      else if (target?.isFile() && isPicture(name)) found.push({ name, file: join(folder, name) });
    }
  }
}

async function inArchive(file: string): Promise<Place[]> {
  const found: Place[] = [];
  for await (const { name: stored, offset, size } of tarMembers(file)) {
    const name = stored.replace(/^(?:\.\/)+/, '');
    if (!isPicture(name) || basename(name).startsWith('.')) continue;
    if (name.startsWith('/') || /[\\:\0]/.test(name) || name.split('/').includes('..'))
      throw new SparnetError(
        'unsafe-file',
        `${file}: the name ${JSON.stringify(name)} leads out of the archive`,
      );
    found.push({ name, file, offset, size });
  }
  return found;
}

/** Results are named as their picture; where only the extension tells two apart, it stays in the name. */
function withStems(places: readonly Place[], path: string): Picture[] {
  const stemOf = (name: string): string => name.replace(/\.\w+$/, '');
  const uses = new Map<string, number>();
  for (const { name } of places) {
    const key = stemOf(name).toLowerCase();
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const taken = new Set<string>();
  return places.map((place) => {
    const short = stemOf(place.name);
    const stem = uses.get(short.toLowerCase()) === 1 ? short : place.name;
    if (taken.has(stem.toLowerCase()))
      throw new SparnetError('bad-file', `${path}: holds ${place.name} twice; rename one`);
    taken.add(stem.toLowerCase());
    return { ...place, stem };
  });
}
