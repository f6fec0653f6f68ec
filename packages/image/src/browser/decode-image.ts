import { SparnetError, checkInteger } from '@sparnet/core';
import { checkFormat, checkPixels } from '../image-format.ts';
import { createImage, type Image } from '../image.ts';
import { paint } from './paint.ts';

/**
 * Decodes a JPEG, PNG or WebP file to RGB, three channels, with the browser's own decoder: alpha is flattened over white,
 * colour is converted to sRGB, 16 bits are reduced to 8, of an animation the first frame is taken, EXIF orientation is
 * applied. JPEG decoders differ by a level here and there; PNG is exact.
 *
 * @param options.name - What messages call the picture; a `File`'s own name if there is one.
 * @param options.maxPixels - A picture with more is refused before its pixels are read.
 * @throws SparnetError `bad-image` for a damaged, foreign or too large picture.
 */
export async function decodeImage(
  blob: Blob,
  { name, maxPixels = 64e6 }: { name?: string; maxPixels?: number } = {},
): Promise<Image> {
  checkInteger('maxPixels', maxPixels, 1);
  const called = name ?? (blob instanceof File ? blob.name : 'image');
  checkFormat(new Uint8Array(await blob.slice(0, 16).arrayBuffer()), called);
  const bitmap = await openBitmap(blob, called);
  try {
    const { width, height } = bitmap;
    checkPixels(width, height, maxPixels, called);
    const context = paint(width, height);
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return opaqueRgb(context.getImageData(0, 0, width, height));
  } finally {
    bitmap.close();
  }
}

async function openBitmap(blob: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new SparnetError(
      'bad-image',
      `${name}: damaged or truncated picture (${(error as Error).message})`,
      { cause: error },
    );
  }
}

function opaqueRgb({ width, height, data }: ImageData): Image {
  const image = createImage({ width, height, channels: 3 });
  for (let i = 0, to = 0; i < data.length; i += 4) {
    image.data[to++] = data[i]!;
    image.data[to++] = data[i + 1]!;
    image.data[to++] = data[i + 2]!;
  }
  return image;
}
