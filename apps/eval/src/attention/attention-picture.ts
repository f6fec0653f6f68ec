import { createImage, resize, sideBySide, tinyText, toRgb, type Image } from '@sparnet/image';
import type { AttentionMap } from './attention-maps.ts';
import { colourMap } from './colour-scale.ts';

/** A face and where a network looks at it. */
export interface AttentionSubject {
  lr: Image;
  sr: Image;
  /** The original, where there is one. */
  hr?: Image;
  maps: readonly AttentionMap[];
}

/** Pictures in a row. */
const columns = 5;
const background = [24, 24, 24] as const;
/** Sides of the cells: not so small that captions don't fit, not so large that 16 maps fill no screen. */
const [smallest, largest] = [128, 256];
/** A map that is nearly the same everywhere must not look as if it had found something. */
const leastRange = 0.02;

const parts = [
  { prefix: 'encoder', title: 'encoder' },
  { prefix: 'res_layers', title: 'body' },
  { prefix: 'decoder', title: 'decoder' },
];

/**
 * One picture of a face, what the network makes of it, and its attention maps, row by row from the encoder over the
 * body to the decoder, as figure 6 of the paper shows them. A map's darkest colour is its least value and its lightest
 * its greatest, unless they are closer than 0.02; both stand above it. Below lies the scale of colours.
 */
export function attentionPicture({ lr, sr, hr, maps }: AttentionSubject): Image {
  const side = Math.min(largest, Math.max(smallest, sr.width));
  const faces = [
    cell(['LR', sizeText(lr)], lr, side),
    cell(['SR', sizeText(sr)], sr, side),
    ...(hr ? [cell(['original', sizeText(hr)], hr, side)] : []),
  ];
  const groups = parts.flatMap(({ prefix, title }) =>
    inRows(maps.filter(({ name }) => name.startsWith(prefix)).map((map) => mapCell(map, title, side))),
  );
  const rows = [faces, ...groups].map((row) => sideBySide(row, { background }));
  const width = Math.max(...rows.map((row) => row.width));
  return framed(column([...rows, scale(width)], 12));
}

function mapCell(
  { name, width, height, channels, values }: AttentionMap,
  title: string,
  side: number,
): Image {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const [middle, reach] = [(low + high) / 2, Math.max(high - low, leastRange) / 2];
  const image = colourMap(values, { width, height, low: middle - reach, high: middle + reach });
  const lines = [
    `${title}${name.slice(name.lastIndexOf('.'))}`,
    `${width}x${height}`,
    ...(channels > 1 ? [`mean of ${channels}`] : []),
    `${low.toFixed(3)} - ${high.toFixed(3)}`,
  ];
  return cell(lines, image, side);
}

/** A picture in a square of `side`, with lines of text above it. */
function cell(lines: readonly string[], image: Image, side: number): Image {
  // Enlarged, every pixel stays to be seen.
  const filter = image.width < side ? 'nearest' : 'bicubic';
  const picture = resize(toRgb(image), { width: side, height: side, filter });
  return column([...lines.map((line) => tinyText(line, side)), picture]);
}

function inRows(cells: readonly Image[]): Image[][] {
  return Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns),
  );
}

function scale(width: number): Image {
  const ramp = Float32Array.from({ length: width }, (_, x) => x / (width - 1));
  const bar = resize(colourMap(ramp, { width, height: 1, low: 0, high: 1 }), {
    width,
    height: 12,
    filter: 'nearest',
  });
  const ends = [tinyText('least value', 96), tinyText('', width - 192), tinyText('greatest', 96)];
  return column([sideBySide(ends, { gap: 0, background }), bar]);
}

function column(images: readonly Image[], gap = 0): Image {
  return sideBySide(
    images.map((image) => [image]),
    { gap, background },
  );
}

/** With a margin all around. */
function framed(image: Image): Image {
  const margin = createImage({ width: 8, height: 8, channels: 1 });
  margin.data.fill(background[0]);
  return sideBySide([[margin], [margin, image, margin], [margin]], { gap: 0, background });
}

function sizeText({ width, height }: Image): string {
  return `${width}x${height}`;
}
