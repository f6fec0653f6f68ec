import { basename } from 'node:path';
import { openPictures, placeOf as pictureAt, type PicturePlace, type PictureSet } from '@sparnet/image/node';
import { readBoxes, type Box } from './boxes.ts';

/** The index of a data set: its pictures and their face boxes. Plain data, which `postMessage` copies. */
export interface Dataset extends PictureSet {
  /** For each picture left, top, right, bottom, or four zeros where no box is known. */
  boxes: Uint32Array;
  /** How many pictures have a box. */
  boxed: number;
}

/** Where the bytes of a picture lie, and its face box, where one is known. */
export interface Place extends PicturePlace {
  box?: Box;
}

/**
 * Indexes pictures for training or validation.
 *
 * @param paths - As `openPictures` takes them.
 * @param options - `boxes`: a table of face boxes (see `readBoxes`). A box belongs to the picture whose name, or else
 *   whose file name without folders, is the one in the table; pictures without one follow the other crop rules.
 * @throws SparnetError as `openPictures`; `bad-file` for a broken table.
 */
export async function openDataset(
  paths: readonly string[],
  options: { boxes?: string } = {},
): Promise<Dataset> {
  const set = await openPictures(paths);
  const boxes = options.boxes === undefined ? new Map<string, Box>() : await readBoxes(options.boxes);
  return { ...set, ...boxTable(set.names, boxes) };
}

/** Where picture `index` of a data set lies, and its box: all that reading and cropping it needs. */
export function placeOf(dataset: Dataset, index: number): Place {
  const place = pictureAt(dataset, index);
  const [left = 0, top = 0, right = 0, bottom = 0] = dataset.boxes.subarray(4 * index, 4 * index + 4);
  return right > 0 ? { ...place, box: { left, top, right, bottom } } : place;
}

function boxTable(
  names: readonly string[],
  boxes: ReadonlyMap<string, Box>,
): Pick<Dataset, 'boxes' | 'boxed'> {
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
