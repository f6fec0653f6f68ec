import { SparnetError } from '@sparnet/core';
import { openPictures, placeOf, type PicturePlace } from '@sparnet/image/node';

/** A picture to degrade. */
export interface Picture extends PicturePlace {
  /** The name of its results, without extension; no two pictures share one. */
  stem: string;
}

/**
 * The pictures in a file, a folder (recursive, sorted by name) or a tar archive (in its order).
 *
 * @throws SparnetError as `openPictures`; `bad-file` when a name is there twice, as in two archives of one folder.
 */
export async function listPictures(path: string): Promise<Picture[]> {
  const set = await openPictures([path]);
  const stems = stemsOf(set.names, path);
  return stems.map((stem, index) => ({ ...placeOf(set, index), stem }));
}

/** Results are named as their picture; where only the extension tells two apart, it stays in the name. */
function stemsOf(names: readonly string[], path: string): string[] {
  const shortOf = (name: string): string => name.replace(/\.\w+$/, '');
  const uses = new Map<string, number>();
  for (const name of names) {
    const key = shortOf(name).toLowerCase();
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const taken = new Set<string>();
  return names.map((name) => {
    const short = shortOf(name);
    const stem = uses.get(short.toLowerCase()) === 1 ? short : name;
    if (taken.has(stem.toLowerCase()))
      throw new SparnetError('bad-file', `${path}: holds ${name} twice; rename one`);
    taken.add(stem.toLowerCase());
    return stem;
  });
}
