import { dirname } from 'node:path';
import { resize, sideBySide, tinyText, type Image } from '@sparnet/image';
import { encodeImage } from '@sparnet/image/node';
import { makeFolder, replaceFile } from '@sparnet/core/node';
import { heatMap, type AttentionMap } from './heat-map.ts';

/** One face of a preview. */
export interface PreviewRow {
  lr: Image;
  /** What `lr` was enlarged to; bicubic enlarging if left out. */
  lrUp?: Image;
  sr: Image;
  hr?: Image;
  attention?: readonly AttentionMap[];
}

/** A picture under its caption. */
export interface Cell {
  caption: string;
  image: Image;
}

/**
 * A picture to judge a network by, a row a face: the LR image with its pixels enlarged, bicubic enlarging, the
 * network's output, the original and heat maps of attention, all in the size of the output. Captions stand on top; they
 * are those of the first row.
 *
 * @param rows - At least one.
 * @throws SparnetError `bad-argument` without rows, `bad-image` for an invalid image.
 */
export function previewImage(rows: readonly PreviewRow[]): Image {
  return captionedRows(rows.map(cellsOf));
}

/**
 * Pictures in rows, with the captions of the first row on top.
 *
 * @throws SparnetError `bad-argument` without rows, `bad-image` for an invalid image.
 */
export function captionedRows(cells: readonly (readonly Cell[])[]): Image {
  const captions = (cells[0] ?? []).map(({ caption, image }) => tinyText(caption, image.width));
  const pictures = cells.map((row) => row.map(({ image }) => image));
  return sideBySide(cells.length === 0 ? [] : [captions, ...pictures], { background: [24, 24, 24] });
}

/**
 * Writes a preview as PNG, replacing the file as a whole and making its folder.
 *
 * @returns The bytes of the PNG file.
 * @throws SparnetError `bad-file` when it cannot be written.
 */
export async function writePreview(file: string, preview: Image): Promise<Uint8Array> {
  const png = await encodeImage(preview, { format: 'png' });
  await makeFolder(dirname(file));
  await replaceFile(file, png);
  return png;
}

function cellsOf({ lr, lrUp, sr, hr, attention = [] }: PreviewRow): Cell[] {
  const { width, height } = sr;
  return [
    pixelsOf(lr, sr),
    { caption: 'bicubic', image: lrUp ?? resize(lr, { width, height }) },
    { caption: 'SR', image: sr },
    ...(hr ? [{ caption: 'HR', image: hr }] : []),
    ...attention.map((map) => attentionCell(map, sr)),
  ];
}

/** The LR image with its pixels enlarged. */
export function pixelsOf(lr: Image, { width, height }: Image): Cell {
  return { caption: 'LR', image: resize(lr, { width, height, filter: 'nearest' }) };
}

/** The heat map of a block, under its name. */
export function attentionCell(map: AttentionMap, { width, height }: Image): Cell {
  return { caption: map.name, image: resize(heatMap(map), { width, height, filter: 'nearest' }) };
}
