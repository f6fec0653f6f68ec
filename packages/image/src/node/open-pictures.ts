import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { listFiles } from './list-files.ts';
import { tarMembers } from './tar-members.ts';

/**
 * The index of a set of pictures: their names and places, nothing of their contents. It is plain data, which
 * `structuredClone` and `postMessage` copy.
 */
export interface PictureSet {
  /** Names in order: the path inside the folder or archive, with `/`. */
  names: string[];
  /** The files that the pictures lie in: folders, archives and single pictures. */
  sources: { path: string; folder: boolean }[];
  /** For each picture the index of its source. */
  sourceOf: Uint32Array;
  /** For each picture its first byte (0 for a file of its own). */
  offsets: Float64Array;
  /** For each picture its bytes. */
  sizes: Float64Array;
}

/** Where the bytes of a picture lie. */
export interface PicturePlace {
  name: string;
  /** The picture's own file or the archive that holds it. */
  path: string;
  /** First byte in `path`. */
  offset: number;
  /** Bytes. */
  size: number;
}

const pictureName = /\.(?:jpe?g|png|webp)$/i;
const hiddenName = /(?:^|\/)\./;
/** A path that leaves the folder it is put in, on some system. */
const leavingName = /^\/|^[a-z]:|[\\\0]|(?:^|\/)\.\.(?:\/|$)/i;

/**
 * Indexes JPEG, PNG and WebP pictures, by their names' endings; names that begin with a dot are left out.
 *
 * @param paths - Folders (taken with everything below them, sorted by code units; then the tar archives in them), tar
 *   archives (WebDataset shards, in their own order), single pictures. Their order is kept.
 * @throws SparnetError `missing-file` for a path that isn't there; `bad-argument` for a file that is neither picture
 *   nor tar archive; `bad-file` for a broken archive; `unsafe-file` for a name in an archive that leads out of it;
 *   `unsupported` for a sparse archive; `no-data` when no picture is found.
 */
export async function openPictures(paths: readonly string[]): Promise<PictureSet> {
  const sources: PictureSet['sources'] = [];
  const names: string[] = [];
  const places: { source: number; offset: number; size: number }[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((cause: unknown) => {
      throw new SparnetError('missing-file', `no file or folder ${path}; check the path to the pictures`, {
        cause,
      });
    });
    if (info.isDirectory()) await addFolder(path);
    else if (pictureName.test(path)) addFiles(path, false, [{ name: basename(path), size: info.size }]);
    else if (isTar(path)) await addTar(path);
    else {
      throw new SparnetError(
        'bad-argument',
        `${path} is neither a folder, a picture (.jpg, .jpeg, .png, .webp) nor a .tar archive; unpack it first`,
      );
    }
  }
  if (names.length === 0) {
    throw new SparnetError(
      'no-data',
      `no pictures (.jpg, .jpeg, .png, .webp) in ${paths.join(', ') || 'no paths'}`,
    );
  }
  return {
    names,
    sources,
    sourceOf: Uint32Array.from(places, ({ source }) => source),
    offsets: Float64Array.from(places, ({ offset }) => offset),
    sizes: Float64Array.from(places, ({ size }) => size),
  };

  async function addFolder(path: string): Promise<void> {
    const files = await listFiles(path, (name) => pictureName.test(name) || isTar(name));
    addFiles(
      path,
      true,
      files.filter(({ name }) => !isTar(name)),
    );
    for (const { name } of files) if (isTar(name)) await addTar(join(path, name));
  }
  async function addTar(path: string): Promise<void> {
    const source = sources.push({ path, folder: false }) - 1;
    for await (const { name, offset, size } of tarMembers(path)) {
      if (!pictureName.test(name)) continue;
      if (leavingName.test(name)) {
        throw new SparnetError(
          'unsafe-file',
          `${path}: the name ${JSON.stringify(name)} leads out of the archive; pack it with relative names`,
        );
      }
      if (hiddenName.test(name)) continue;
      names.push(name);
      places.push({ source, offset, size });
    }
  }
  function addFiles(path: string, folder: boolean, files: { name: string; size: number }[]): void {
    const source = sources.push({ path, folder }) - 1;
    for (const { name, size } of files) {
      names.push(name);
      places.push({ source, offset: 0, size });
    }
  }
}

/**
 * Where picture `index` of a set lies: all that {@link readPicture} needs.
 *
 * @throws SparnetError `bad-argument` when the set has no such picture.
 */
export function placeOf(set: PictureSet, index: number): PicturePlace {
  const name = set.names[index];
  const source = set.sources[set.sourceOf[index] ?? -1];
  if (name === undefined || source === undefined)
    throw new SparnetError('bad-argument', `no picture ${index} in a set of ${set.names.length}`);
  return {
    name,
    path: source.folder ? join(source.path, name) : source.path,
    offset: set.offsets[index] ?? 0,
    size: set.sizes[index] ?? 0,
  };
}

function isTar(path: string): boolean {
  return /\.tar$/i.test(path);
}
