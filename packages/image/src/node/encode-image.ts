import { imageBytes } from '../image-bytes.ts';
import { checkEncodeOptions, type EncodeOptions } from '../image-format.ts';
import { checkImage, type Image } from '../image.ts';
import { toRgb } from '../to-rgb.ts';
import { loadSharp } from './load-sharp.ts';

/**
 * The bytes of a PNG, JPEG or WebP file. JPEG has no alpha: it is flattened over white.
 *
 * @param options.quality - 1 to 100 for JPEG and WebP, 95 if left out; PNG is lossless and takes none.
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` for invalid options, `missing-package` without
 *   sharp.
 */
export async function encodeImage(image: Image, options: EncodeOptions = {}): Promise<Uint8Array> {
  checkImage(image);
  const { format, quality } = checkEncodeOptions(options);
  const shown = format === 'jpeg' && image.channels === 4 ? toRgb(image) : image;
  const { width, height, channels } = shown;
  const sharp = await loadSharp();
  const pipeline = sharp(imageBytes(shown), { raw: { width, height, channels }, limitInputPixels: false });
  const encoded = format === 'png' ? pipeline.png() : pipeline.toFormat(format, { quality });
  const buffer = await encoded.toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
