import { SparnetError } from '@sparnet/core';

/** Size of a tar block in bytes: headers are one block, contents are padded to whole blocks. */
export const tarBlock = 512;

/** What the 512-byte header of a tar member says. */
interface TarHeader {
  name: string;
  /** Bytes of content, without padding. */
  size: number;
  /** The type flag: `0` or NUL a file, `5` a folder, `x` and `g` pax records, `L` and `K` long GNU names. */
  type: string;
}

/**
 * Reads one header block of a USTAR, pax or GNU archive, or `undefined` for the block of zeros that ends an archive.
 *
 * @param block - 512 bytes.
 * @param where - The file and offset, for the message.
 * @throws SparnetError `bad-file` when the checksum or a number in it is wrong.
 */
export function parseTarHeader(block: Uint8Array, where: string): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const stored = readNumber(block, 148, 8);
  if (stored !== checksum(block)) {
    throw new SparnetError(
      'bad-file',
      `${where}: no tar header here (wrong checksum); the archive is corrupt`,
    );
  }
  const size = readNumber(block, 124, 12);
  if (size === undefined) {
    throw new SparnetError(
      'bad-file',
      `${where}: the size in this tar header is no number; the archive is corrupt`,
    );
  }
  const name = readText(block, 0, 100);
  // Only POSIX archives ('ustar' and NUL) keep a path prefix; GNU ones use these bytes otherwise.
  const posix = readText(block, 257, 6) === 'ustar' && block[262] === 0;
  const prefix = posix ? readText(block, 345, 155) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/**
 * The records of a pax header, `<length> <key>=<value>\n` each.
 *
 * @throws SparnetError `bad-file` when a record's length doesn't fit.
 */
export function parsePaxRecords(bytes: Uint8Array, where: string): Map<string, string> {
  const records = new Map<string, string>();
  let start = 0;
  while (start < bytes.length && bytes[start] !== 0) {
    const space = bytes.indexOf(0x20, start);
    const length = space < 0 ? Number.NaN : Number(utf8(bytes.subarray(start, space)));
    const end = start + length;
    const equals = bytes.indexOf(0x3d, space);
    if (!Number.isSafeInteger(length) || length < 1 || end > bytes.length || equals < 0 || equals >= end) {
      throw new SparnetError(
        'bad-file',
        `${where}: this pax header holds a broken record; the archive is corrupt`,
      );
    }
    records.set(utf8(bytes.subarray(space + 1, equals)), utf8(bytes.subarray(equals + 1, end - 1)));
    start = end;
  }
  return records;
}

/** Text up to the first NUL. */
export function readText(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return utf8(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or base 256 when the first bit is set (GNU, sizes from 8 GiB). */
function readNumber(block: Uint8Array, start: number, length: number): number | undefined {
  if (block[start] === 0x80) {
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = readText(block, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < tarBlock; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
