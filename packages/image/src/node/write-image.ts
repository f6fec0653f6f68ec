import { extname } from 'node:path';
import { invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import type { EncodeOptions, ImageFormat } from '../image-format.ts';
import type { Image } from '../image.ts';
import { encodeImage } from './encode-image.ts';

const formatOf: Partial<Record<string, ImageFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

/**
 * Writes the image to `file`, whose extension (`.png`, `.jpg`, `.jpeg`, `.webp`) chooses the format. The bytes go to a
 * file beside, reach the disk and are renamed: readers see the old picture or the whole new one.
 *
 * @param options.quality - As in `encodeImage`.
 * @throws SparnetError as `encodeImage`; also `bad-argument` for another extension, `missing-file` when the folder does
 *   not exist and `bad-file` when it can't be written to.
 */
export async function writeImage(
  file: string,
  image: Image,
  { quality }: Pick<EncodeOptions, 'quality'> = {},
): Promise<void> {
  const format = formatOf[extname(file).toLowerCase()];
  if (!format) throw invalid('file', 'name that ends in .png, .jpg, .jpeg or .webp', file);
  const bytes = await encodeImage(image, quality === undefined ? { format } : { format, quality });
  await replaceFile(file, bytes);
}
