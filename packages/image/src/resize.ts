import { checkInteger, checkOneOf } from '@sparnet/core';
import { imageBytes } from './image-bytes.ts';
import { checkImage, checkSize, createImage, type Image } from './image.ts';
import { premultiply, unpremultiply } from './premultiply.ts';
import { resampleColumns, resampleRows } from './resample.ts';
import { resampleWeights, type AveragingFilter } from './resample-weights.ts';
import { resizeNearest } from './resize-nearest.ts';

/** The filters of {@link resize}. */
export type ResizeFilter = 'nearest' | AveragingFilter;

const filters: readonly ResizeFilter[] = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'];

/**
 * The image resized to `width` x `height` pixels, equal to the last bit to what Pillow's `Image.resize` makes of the
 * same 8-bit picture: filters are stretched when shrinking (antialiasing), bicubic has a = -0.5, weights have 22
 * fraction bits, columns follow rows (for very high pictures the other way round) with 8 bits in between. Alpha is premultiplied for the averaging filters.
 * The result is a new image, also when the size stays the same.
 *
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` for an invalid size or filter.
 */
export function resize(
  image: Image,
  { width, height, filter = 'bicubic' }: { width: number; height: number; filter?: ResizeFilter },
): Image {
  checkImage(image);
  checkInteger('width', width, 1, 2 ** 24);
  checkInteger('height', height, 1, 2 ** 24);
  checkOneOf('filter', filter, filters);
  const { channels } = image;
  checkSize({ width, height: Math.max(height, image.height), channels }, 'resized image');
  if (width === image.width && height === image.height) {
    return createImage({ width, height, channels, data: imageBytes(image).slice() });
  }
  if (filter === 'nearest') return resizeNearest(image, width, height);
  if (channels === 4) return unpremultiply(average(premultiply(image), width, height, filter));
  return average(image, width, height, filter);
}

function average(image: Image, width: number, height: number, filter: AveragingFilter): Image {
  // Pillow treats what is more than a hundred times as high as wide the other way round.
  const columnsFirst = image.height > 100 * image.width && height < image.height;
  if (columnsFirst) return averageRows(averageColumns(image, height, filter), width, filter);
  return averageColumns(averageRows(image, width, filter), height, filter);
}

function averageRows(image: Image, width: number, filter: AveragingFilter): Image {
  if (width === image.width) return image;
  const { height, channels } = image;
  const data = resampleRows(imageBytes(image), image, resampleWeights(image.width, width, filter));
  return createImage({ width, height, channels, data });
}

function averageColumns(image: Image, height: number, filter: AveragingFilter): Image {
  if (height === image.height) return image;
  const { width, channels } = image;
  const weights = resampleWeights(image.height, height, filter);
  const data = resampleColumns(imageBytes(image), width * channels, weights);
  return createImage({ width, height, channels, data });
}
