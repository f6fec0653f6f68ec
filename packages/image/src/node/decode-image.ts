import { readFile } from 'node:fs/promises';
import { SparnetError, checkInteger, isSparnetError } from '@sparnet/core';
import { checkFormat, checkPixels } from '../image-format.ts';
import { createImage, type Image } from '../image.ts';
import { toRgb } from '../to-rgb.ts';
import { loadSharp } from './load-sharp.ts';

/**
 * Decodes a JPEG, PNG or WebP file to RGB, three channels, whatever the file holds: grey is repeated, alpha is flattened
 * over white, CMYK and embedded colour profiles are converted to sRGB, of 16 bits the upper 8 are kept, of an animation
 * the first frame. EXIF orientation is applied, so `width` and `height` are those of the upright picture.
 *
 * @param source - The bytes of the file, or its path.
 * @param options.name - What messages call the picture; the path if there is one.
 * @param options.maxPixels - A picture with more is refused before its pixels take memory.
 * @throws SparnetError `bad-image` for a truncated, damaged, foreign or too large picture, `missing-file` when the path
 *   leads nowhere, `bad-file` when it can't be read, `missing-package` without sharp.
 */
export async function decodeImage(
  source: Uint8Array | string,
  { name, maxPixels = 64e6 }: { name?: string; maxPixels?: number } = {},
): Promise<Image> {
  checkInteger('maxPixels', maxPixels, 1);
  const called = name ?? (typeof source === 'string' ? source : 'image');
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  checkFormat(bytes, called);
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, {
      autoOrient: true,
      failOn: 'warning',
      limitInputPixels: maxPixels,
    })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const samples = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return toRgb(createImage({ width, height, channels: channels as Image['channels'], data: samples }));
  } catch (error) {
    await checkDeclaredSize(bytes, maxPixels, called);
    const reason = reasonOf(error);
    throw new SparnetError('bad-image', `${called}: damaged or truncated picture (${reason})`, {
      cause: error,
    });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? `${path}: no such file`
      : `${path}: cannot be read (${(error as Error).message})`;
    throw new SparnetError(missing ? 'missing-file' : 'bad-file', message, { cause: error });
  }
}

/** sharp refuses too large a picture without naming its size; the header alone tells it. */
async function checkDeclaredSize(bytes: Uint8Array, maxPixels: number, name: string): Promise<void> {
  const sharp = await loadSharp();
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkPixels(width, height, maxPixels, name);
  } catch (error) {
    if (isSparnetError(error)) throw error;
  }
}

/** libvips repeats itself, a line for each attempt. */
function reasonOf(error: unknown): string {
  return (error as Error).message.trim().split('\n')[0]!.trim();
}
