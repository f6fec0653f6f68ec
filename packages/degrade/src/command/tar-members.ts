import { open, type FileHandle } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';

/** A file inside a tar archive: where its bytes are. */
export interface TarMember {
  /** The path inside the archive. */
  name: string;
  offset: number;
  size: number;
}

const block = 512;
/** A long name or a pax header larger than this is no name: the archive is corrupt. */
const longestName = 2 ** 16;

/**
 * Walks a tar archive (USTAR, pax, GNU long names) once and gives its files in their order. Contents are not read.
 *
 * @throws SparnetError `missing-file`; `bad-file`, naming file and offset, when the archive is truncated or corrupt;
 *   `unsupported` for sparse members.
 */
export async function* tarMembers(file: string): AsyncGenerator<TarMember> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${file}: cannot be opened`, { cause });
  });
  try {
    yield* walk(file, handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function* walk(file: string, handle: FileHandle, end: number): AsyncGenerator<TarMember> {
  /** What long-name blocks and pax headers say about the member that follows. */
  let next: { name?: string; size?: number } = {};
  for (let at = 0; ;) {
    const corrupt = (why: string): SparnetError =>
      new SparnetError('bad-file', `${file}, offset ${at}: ${why}; the archive is truncated or corrupt`);
    const header = await bytesAt(handle, at, block);
    if (header.length < block) throw corrupt('it ends without its closing block');
    if (header.every((byte) => byte === 0)) return;
    if (octal(header, 148, 8) !== checksum(header)) throw corrupt('no tar header here');
    const type = String.fromCharCode(header[156]!);
    const describes = 'xgLK'.includes(type);
    const size = (describes ? undefined : next.size) ?? octal(header, 124, 12);
    if (size === undefined || at + block + size > end) throw corrupt('a member reaches beyond its end');
    const offset = at + block;
    if (describes) {
      if (size > longestName) throw corrupt(`a name of ${size} bytes`);
      const content = await bytesAt(handle, offset, size);
      if (type === 'L') next.name = text(content, 0, size);
      if (type === 'x') next = { ...next, ...paxOverrides(content, corrupt) };
    } else {
      if (type === 'S')
        throw new SparnetError('unsupported', `${file}: sparse members; pack without --sparse`);
      if (type === '0' || type === '\0' || type === '7')
        yield { name: next.name ?? shortName(header), offset, size };
      next = {};
    }
    at = offset + Math.ceil(size / block) * block;
  }
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** Records `<length> <key>=<value>\n` of which path and size matter here. */
function paxOverrides(
  bytes: Uint8Array,
  corrupt: (why: string) => SparnetError,
): { name?: string; size?: number } {
  const found: { name?: string; size?: number } = {};
  for (let start = 0; start < bytes.length && bytes[start] !== 0;) {
    const space = bytes.indexOf(0x20, start);
    const length = Number(text(bytes, start, Math.max(0, space - start)));
    if (!Number.isSafeInteger(length) || length < 5 || start + length > bytes.length)
      throw corrupt('a broken pax record');
    const record = text(bytes, space + 1, start + length - 1 - (space + 1));
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') found.name = value;
    if (key === 'size') {
      found.size = Number(value);
      if (!/^\d+$/.test(value) || !Number.isSafeInteger(found.size)) throw corrupt(`a size of ${value}`);
    }
    if (key.startsWith('GNU.sparse'))
      throw new SparnetError('unsupported', 'sparse tar members; pack without --sparse');
    start += length;
  }
  return found;
}

function shortName(header: Uint8Array): string {
  const name = text(header, 0, 100);
  // Only POSIX archives ('ustar' and NUL) keep a path prefix; GNU ones use these bytes otherwise.
  const prefix = text(header, 257, 6) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or base 256 when the first bit is set (sizes from 8 GiB). */
function octal(header: Uint8Array, start: number, length: number): number | undefined {
  if (header[start] === 0x80) {
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + header[i]!;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(header, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

/** Text up to the first NUL. */
function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
