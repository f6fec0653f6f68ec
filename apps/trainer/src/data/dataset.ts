import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { readBoxes, type Box } from './boxes.ts';
import { listFiles } from './list-files.ts';
import type { Place } from './read-picture.ts';
import { tarMembers } from './tar-members.ts';

/**
 * The index of a data set: names and places of its pictures, nothing of their contents. It is plain data, which
 * `structuredClone` and `postMessage` copy.
 */
export interface Dataset {
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
  /** For each picture left, top, right, bottom, or four zeros where no box is known. */
  boxes: Uint32Array;
  /** How many pictures have a box. */
  boxed: number;
}

const pictureName = /\.(?:jpe?g|png|webp)$/i;

/**
 * Indexes pictures (JPEG, PNG, WebP) for training or validation.
 *
 * @param paths - Folders (taken with everything below them, sorted), tar archives (WebDataset shards, in their own
 *   order; those inside a folder too), single pictures. Their order is kept.
 * @param options - `boxes`: a table of face boxes (see `readBoxes`). A box belongs to the picture whose name, or else
 *   whose file name without folders, is the one in the table; pictures without one follow the other crop rules.
 * @throws SparnetError `missing-file` for a path that isn't there; `bad-argument` for a file that is neither picture
 *   nor tar archive; `bad-file` for a broken archive or table; `no-data` when no picture is found.
 */
export async function openDataset(
  paths: readonly string[],
  options: { boxes?: string } = {},
): Promise<Dataset> {
  const sources: Dataset['sources'] = [];
  const entries: { name: string; source: number; offset: number; size: number }[] = [];
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
  if (entries.length === 0) {
    throw new SparnetError(
      'no-data',
      `no pictures (.jpg, .jpeg, .png, .webp) in ${paths.join(', ') || 'no paths'}`,
    );
  }
  const boxes = options.boxes === undefined ? new Map<string, Box>() : await readBoxes(options.boxes);
  return {
    names: entries.map((entry) => entry.name),
    sources,
    sourceOf: Uint32Array.from(entries, (entry) => entry.source),
    offsets: Float64Array.from(entries, (entry) => entry.offset),
    sizes: Float64Array.from(entries, (entry) => entry.size),
    ...boxTable(
      entries.map((entry) => entry.name),
      boxes,
    ),
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
    for await (const member of tarMembers(path)) {
      if (pictureName.test(member.name) && !/(?:^|\/)\./.test(member.name))
        entries.push({ ...member, source });
    }
  }
  function addFiles(path: string, folder: boolean, files: { name: string; size: number }[]): void {
    const source = sources.push({ path, folder }) - 1;
    for (const file of files) entries.push({ ...file, source, offset: 0 });
  }
}

/** Where picture `index` of a data set lies, and its box: all that reading it needs. */
export function placeOf(dataset: Dataset, index: number): Place {
  const name = dataset.names[index];
  const source = dataset.sources[dataset.sourceOf[index] ?? -1];
  if (name === undefined || source === undefined) {
    throw new SparnetError('bad-argument', `no picture ${index} in a data set of ${dataset.names.length}`);
  }
  const [left = 0, top = 0, right = 0, bottom = 0] = dataset.boxes.subarray(4 * index, 4 * index + 4);
  return {
    name,
    path: source.folder ? join(source.path, name) : source.path,
    offset: dataset.offsets[index] ?? 0,
    size: dataset.sizes[index] ?? 0,
    ...(right > 0 ? { box: { left, top, right, bottom } } : {}),
  };
}

function isTar(path: string): boolean {
  return /\.tar$/i.test(path);
}

function boxTable(names: string[], boxes: Map<string, Box>): Pick<Dataset, 'boxes' | 'boxed'> {
  const table = new Uint32Array(4 * names.length);
  let boxed = 0;
  for (const [index, name] of names.entries()) {
    const box = boxes.get(name) ?? boxes.get(basename(name));
    if (box === undefined) continue;
    table.set([box.left, box.top, box.right, box.bottom], 4 * index);
    boxed += 1;
  }
  return { boxes: table, boxed };
}
