import { SparnetError } from '@sparnet/core';
import { openPictures, placeOf, type PicturePlace, type PictureSet } from '@sparnet/image/node';

/** The files that belong to one picture. */
export interface PicturePair {
  /** The HR picture's name without its ending. */
  name: string;
  /** Its place among all names in order: what random degradation depends on. */
  index: number;
  hr: PicturePlace;
  lr?: PicturePlace;
  sr?: PicturePlace;
}

/** The pictures of an evaluation, in the order of their names (by code units). */
export interface PicturePairs {
  count: number;
  at(index: number): PicturePair;
}

/** Names shown of a list that may be long. */
const shownNames = 5;

/**
 * Finds the LR and SR pictures of HR pictures by their names. Endings (.png, .jpg) don't count; folders do, unless the
 * names match without them only.
 *
 * @throws SparnetError `bad-argument` listing the names without a partner on both sides, or two files of one name; as
 *   `openPictures` for what can't be opened.
 */
export async function openPairs({
  hr,
  lr,
  sr,
}: {
  hr: string;
  lr?: string | undefined;
  sr?: string | undefined;
}): Promise<PicturePairs> {
  const photographs = named(await openPictures([hr]), hr, stem);
  const partners: { key: 'lr' | 'sr'; set: PictureSet; at: ReadonlyMap<string, number> }[] = [];
  for (const [key, path] of [['lr', lr] as const, ['sr', sr] as const]) {
    if (path === undefined) continue;
    const set = await openPictures([path]);
    partners.push({ key, set, at: matched(photographs, { set, hr, path }) });
  }
  const names = [...photographs.at.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return {
    count: names.length,
    at(index) {
      const name = names[index];
      if (name === undefined)
        throw new SparnetError(
          'bad-argument',
          `expected --index from 0 to ${names.length - 1}, got ${index}`,
        );
      const others = partners.map(({ key, set, at }) => [key, placeOf(set, at.get(name)!)]);
      const place = placeOf(photographs.set, photographs.at.get(name)!);
      return { name, index, hr: place, ...(Object.fromEntries(others) as Pick<PicturePair, 'lr' | 'sr'>) };
    },
  };
}

interface Named {
  set: PictureSet;
  at: Map<string, number>;
}

function named(set: PictureSet, path: string, nameOf: (name: string) => string): Named {
  const at = new Map<string, number>();
  for (const [index, file] of set.names.entries()) {
    const name = nameOf(file);
    const other = at.get(name);
    if (other !== undefined) {
      throw new SparnetError(
        'bad-argument',
        `${path}: ${set.names[other]} and ${file} are both called ${name}; rename one of them`,
      );
    }
    at.set(name, index);
  }
  return { set, at };
}

/** For the name of each HR picture the index of its partner. */
function matched(
  photographs: Named,
  { set, hr, path }: { set: PictureSet; hr: string; path: string },
): ReadonlyMap<string, number> {
  const others = named(set, path, stem);
  const missing = without(photographs.at, others.at);
  const left = without(others.at, photographs.at);
  if (missing.length === 0 && left.length === 0) return others.at;
  const bare = matchedWithoutFolders(photographs, set);
  if (bare) return bare;
  const parts = [
    ...(missing.length > 0 ? [`${path} lacks ${listed(missing)}`] : []),
    ...(left.length > 0 ? [`${hr} lacks ${listed(left)}`] : []),
  ];
  throw new SparnetError(
    'bad-argument',
    `the pictures don't belong together: ${parts.join('; ')}. Files belong together by their names; endings may differ`,
  );
}

function matchedWithoutFolders(photographs: Named, set: PictureSet): Map<string, number> | undefined {
  const bareName = (name: string): string => stem(name).slice(stem(name).lastIndexOf('/') + 1);
  const others = new Map(set.names.map((name, index) => [bareName(name), index]));
  const result = new Map<string, number>();
  for (const name of photographs.at.keys()) {
    const index = others.get(bareName(name));
    if (index === undefined) return undefined;
    result.set(name, index);
  }
  const isOneToOne = new Set(result.values()).size === set.names.length;
  return isOneToOne && result.size === set.names.length ? result : undefined;
}

function without(names: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): string[] {
  return [...names.keys()].filter((name) => !others.has(name));
}

function listed(names: readonly string[]): string {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function stem(name: string): string {
  return name.replace(/\.[^./]+$/, '');
}
