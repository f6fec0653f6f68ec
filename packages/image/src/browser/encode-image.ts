import { SparnetError } from '@sparnet/core';
import { checkEncodeOptions, type EncodeOptions } from '../image-format.ts';
import { checkImage, type Image } from '../image.ts';
import { toRgb } from '../to-rgb.ts';
import { paint } from './paint.ts';

/**
 * The image as a PNG, JPEG or WebP file. JPEG has no alpha: it is flattened over white. A PNG of an image without alpha
 * is exact; where alpha is low, a canvas keeps colour only coarsely.
 *
 * @param options.quality - 1 to 100 for JPEG and WebP, 95 if left out; PNG is lossless and takes none.
 * @throws SparnetError `bad-image` for an invalid image, `bad-argument` for invalid options, `unsupported` when the
 *   browser can't write the format.
 */
export async function encodeImage(image: Image, options: EncodeOptions = {}): Promise<Blob> {
  checkImage(image);
  const { format, quality } = checkEncodeOptions(options);
  const shown = format === 'jpeg' || image.channels !== 4 ? toRgb(image) : image;
  const context = paint(shown.width, shown.height);
  context.putImageData(toImageData(shown), 0, 0);
  const type = `image/${format}`;
  const blob = await context.canvas.convertToBlob(
    format === 'png' ? { type } : { type, quality: quality / 100 },
  );
  if (blob.type === type) return blob;
  throw new SparnetError('unsupported', `this browser cannot write ${format}; choose png`);
}

function toImageData({ width, height, channels, data }: Image): ImageData {
  const pixels = new ImageData(width, height);
  for (let i = 0, from = 0; i < pixels.data.length; i += 4) {
    pixels.data[i] = data[from]!;
    pixels.data[i + 1] = data[from + 1]!;
    pixels.data[i + 2] = data[from + 2]!;
    pixels.data[i + 3] = channels === 4 ? data[from + 3]! : 255;
    from += channels;
  }
  return pixels;
}
