import { SparnetError, checkInteger, checkOneOf } from '@sparnet/core';

/** The file formats that are read and written. */
export type ImageFormat = 'jpeg' | 'png' | 'webp';

/** How an image is written. */
export interface EncodeOptions {
  format?: ImageFormat;
  /** 1 to 100, for JPEG and WebP; PNG is lossless and takes none. */
  quality?: number;
}

const formats: readonly ImageFormat[] = ['jpeg', 'png', 'webp'];

/** High enough that results and previews don't show the encoder. */
const defaultQuality = 95;

/** The format that the first bytes of a file announce, if it is one of ours. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  const riff = startsWith(bytes, [0x52, 0x49, 0x46, 0x46]);
  if (riff && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50])) return 'webp';
  return undefined;
}

/** Like {@link sniffFormat}, or an error that names the file. */
export function checkFormat(bytes: Uint8Array, name: string): ImageFormat {
  const format = sniffFormat(bytes);
  if (format) return format;
  const found = bytes.length === 0 ? 'it is empty' : `it starts with ${hex(bytes.subarray(0, 8))}`;
  throw new SparnetError('bad-image', `${name}: expected a JPEG, PNG or WebP file, but ${found}`);
}

/** The options with their defaults, or an error that names the one that is wrong. */
export function checkEncodeOptions({ format = 'png', quality }: EncodeOptions): {
  format: ImageFormat;
  quality: number;
} {
  checkOneOf('format', format, formats);
  if (format === 'png' && quality !== undefined) {
    throw new SparnetError('bad-argument', `PNG is lossless: leave quality out, or choose jpeg or webp`);
  }
  return { format, quality: checkInteger('quality', quality ?? defaultQuality, 1, 100) };
}

/** The pixels of a decoded file are bounded before they take memory. */
export function checkPixels(width: number, height: number, maxPixels: number, name: string): void {
  if (width * height <= maxPixels) return;
  throw new SparnetError(
    'bad-image',
    `${name}: ${width} x ${height} pixels are more than the ${maxPixels} allowed; raise maxPixels or shrink the picture`,
  );
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
