import { SparnetError, checkInteger, checkNumber, checkOneOf } from '@sparnet/core';
import { createImage, resize as resizeLikePillow, type Image } from '@sparnet/image';
import { repeated } from '../border.ts';
import { filterSeparably } from '../filter-separably.ts';
import { opaquePixels, type Pixels } from '../opaque-pixels.ts';
import { tapsOf } from './taps.ts';

/** How pixels are weighted. */
export type ResizeFilter = (typeof resizeFilters)[number];
export const resizeFilters = ['nearest', 'area', 'bilinear', 'bicubic', 'lanczos'] as const;

/** Whose definition of a filter. */
export type ResizeRule = (typeof resizeRules)[number];
export const resizeRules = ['pillow', 'opencv'] as const;

/** More pixels than this are refused. */
const maxPixels = 2 ** 27;

/** How an image is resized. */
export interface ResizeOptions {
  /** Pixels, with `height`. */
  width?: number;
  height?: number;
  /** Instead of a size: by which width and height are multiplied; fractions of a pixel are dropped, at least 1 is left. */
  scale?: number;
  filter?: ResizeFilter;
  rule?: ResizeRule;
}

/**
 * The image resized to a size or by a scale.
 *
 * Rule `pillow` equals Pillow's `Image.resize` to the last bit (`area` is its box filter): filters are stretched when
 * shrinking, bicubic has a = -0.5. Rule `opencv` is that of OpenCV and PyTorch, in float64, rounded once, ties up:
 * nearest takes sample floor(i in / out); bilinear and bicubic (a = -0.75) interpolate at (i + 0.5) in / out - 0.5 and
 * don't average when shrinking; area is the mean over the interval from i in / out to (i + 1) in / out, also when
 * enlarging; the border is repeated. Lanczos is Pillow's alone.
 *
 * @throws SparnetError `bad-argument` for an invalid option or more than 134 million pixels, `bad-image` for an invalid
 *   image or one with alpha.
 */
export function resize(
  image: Image,
  { width, height, scale, filter = 'bicubic', rule = 'pillow' }: ResizeOptions,
): Image {
  checkOneOf('filter', filter, resizeFilters);
  checkOneOf('rule', rule, resizeRules);
  if (scale !== undefined && (width !== undefined || height !== undefined))
    throw new SparnetError('bad-argument', 'expected width and height, or scale, got both');
  const pixels = opaquePixels(image);
  const size = scale === undefined ? { width, height } : scaledSize(pixels, scale);
  const wide = checkInteger('width', size.width, 1, 65535);
  const high = checkInteger('height', size.height, 1, 65535);
  if (wide * high > maxPixels) {
    throw new SparnetError(
      'bad-argument',
      `${wide} x ${high} pixels are more than the ${maxPixels} allowed; choose a smaller size or scale`,
    );
  }
  if (rule === 'pillow') {
    return resizeLikePillow(pixels, {
      width: wide,
      height: high,
      filter: filter === 'area' ? 'box' : filter,
    });
  }
  if (filter === 'nearest') return pickNearest(pixels, wide, high);
  if (filter === 'lanczos') {
    throw new SparnetError('bad-argument', "the filter lanczos needs the rule 'pillow', got 'opencv'");
  }
  return filterSeparably(pixels, {
    rows: tapsOf(filter, pixels.height, high),
    columns: tapsOf(filter, pixels.width, wide),
    border: repeated,
  });
}

function scaledSize(image: Pixels, scale: number): { width: number; height: number } {
  checkNumber('scale', scale, 1e-4, 1e4);
  return {
    width: Math.max(1, Math.floor(image.width * scale)),
    height: Math.max(1, Math.floor(image.height * scale)),
  };
}

function pickNearest({ data, ...image }: Pixels, width: number, height: number): Image {
  const { channels } = image;
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * image.width) / width));
  const result = createImage({ width, height, channels });
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * image.height) / height) * image.width;
    for (let x = 0; x < width; x++) {
      const from = (row + columns[x]!) * channels;
      for (let c = 0; c < channels; c++) result.data[to++] = data[from + c]!;
    }
  }
  return result;
}
