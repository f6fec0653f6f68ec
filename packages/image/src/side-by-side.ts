import { SparnetError, checkInteger } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { createImage, type Image } from './image.ts';
import { checkRgb, toRgb, white, type Rgb } from './to-rgb.ts';

/**
 * One RGB image that shows several: a list makes a row, a list of lists a grid. Columns are as wide as their widest
 * picture and rows as high as their highest; smaller ones stand in the upper left of their cell. Alpha is flattened.
 *
 * @param options.gap - Pixels between neighbours.
 * @param options.background - Colour of the gaps, of empty cells and behind alpha.
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` when there is none or an option is invalid.
 */
export function sideBySide(
  images: readonly Image[] | readonly (readonly Image[])[],
  { gap = 4, background = white }: { gap?: number; background?: Rgb } = {},
): Image {
  checkInteger('gap', gap, 0);
  checkRgb('background', background);
  const rows = (isGrid(images) ? images : [images]).map((row) =>
    row.map((image) => toRgb(image, { background })),
  );
  const heights = rows.map((row) => Math.max(0, ...row.map((image) => image.height)));
  const widths = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.width ?? 0)),
  );
  if (widths.length === 0)
    throw new SparnetError('bad-argument', 'expected at least one image to show, got none');
  const canvas = filled(extent(widths, gap), extent(heights, gap), background);
  let top = 0;
  rows.forEach((row, y) => {
    let left = 0;
    row.forEach((image, x) => {
      paste(canvas, image, left, top);
      left += widths[x]! + gap;
    });
    top += heights[y]! + gap;
  });
  return canvas;
}

function isGrid(
  images: readonly Image[] | readonly (readonly Image[])[],
): images is readonly (readonly Image[])[] {
  return Array.isArray(images[0]);
}

function extent(sizes: readonly number[], gap: number): number {
  return sizes.reduce((sum, size) => sum + size, gap * (sizes.length - 1));
}

function filled(width: number, height: number, color: Rgb): Image {
  const image = createImage({ width, height, channels: 3 });
  for (let i = 0; i < image.data.length; i++) image.data[i] = color[i % 3]!;
  return image;
}

function paste(canvas: Image, image: Image, left: number, top: number): void {
  const source = imageBytes(image);
  const stride = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    canvas.data.set(source.subarray(y * stride, (y + 1) * stride), ((top + y) * canvas.width + left) * 3);
  }
}
