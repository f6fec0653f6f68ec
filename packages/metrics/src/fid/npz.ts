import { SparnetError } from '@sparnet/core';
import { crc32 } from './crc32.ts';

const endSize = 22;
const centralSize = 46;
const localSize = 30;

/** More than any statistics need; it bounds what a small compressed file can claim to hold. */
const maxEntry = 2 ** 32 - 1;

interface Entry {
  name: string;
  compressed: boolean;
  size: number;
  packedSize: number;
  crc: number;
  headerAt: number;
}

/**
 * Writes a zip archive of stored entries, as `numpy.savez` does. Equal content gives equal bytes: entries have no date.
 */
export function writeNpz(entries: Record<string, Uint8Array>): Uint8Array {
  const encoder = new TextEncoder();
  const files = Object.entries(entries).map(([name, content]) => ({ name: encoder.encode(name), content }));
  const sizes = files.map(({ name, content }) => localSize + centralSize + 2 * name.length + content.length);
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, endSize));
  const view = new DataView(bytes.buffer);
  const headers = files.map(({ name, content }) => commonHeader(name, content));
  const offsets: number[] = [];
  let at = 0;
  for (const [i, { name, content }] of files.entries()) {
    offsets.push(at);
    view.setUint32(at, 0x04034b50, true);
    bytes.set(headers[i]!, at + 4);
    bytes.set(name, at + localSize);
    bytes.set(content, at + localSize + name.length);
    at += localSize + name.length + content.length;
  }
  const directoryAt = at;
  for (const [i, { name }] of files.entries()) {
    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, 20, true);
    bytes.set(headers[i]!, at + 6);
    view.setUint32(at + 42, offsets[i]!, true);
    bytes.set(name, at + centralSize);
    at += centralSize + name.length;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, files.length, true);
  view.setUint16(at + 10, files.length, true);
  view.setUint32(at + 12, at - directoryAt, true);
  view.setUint32(at + 16, directoryAt, true);
  return bytes;
}

/** What an entry's own header and the directory have in common: version, flags, method, date, checksum, sizes. */
function commonHeader(name: Uint8Array, content: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, 20, true);
  // 1 January 1980, the first day that a zip archive can name.
  view.setUint16(8, 0x21, true);
  view.setUint32(10, crc32(content), true);
  view.setUint32(14, content.length, true);
  view.setUint32(18, content.length, true);
  view.setUint16(22, name.length, true);
  return new Uint8Array(view.buffer);
}

/**
 * The entries of a zip archive, stored or deflated, by name.
 *
 * @param name - The file's name for messages.
 * @throws SparnetError `bad-file` when it is no zip archive, is damaged, or uses another compression.
 */
export async function readNpz(bytes: Uint8Array, name: string): Promise<Map<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contents = new Map<string, Uint8Array>();
  for (const entry of directoryOf(view, name))
    contents.set(entry.name, await contentOf(entry, view, bytes, name));
  return contents;
}

function directoryOf(view: DataView, name: string): Entry[] {
  const endAt = view.byteLength - endSize;
  if (endAt < 0 || view.getUint32(endAt, true) !== 0x06054b50) {
    throw damaged(name, 'it does not end as an .npz file does; it is none, or cut short');
  }
  const entries: Entry[] = [];
  let at = view.getUint32(endAt + 16, true);
  for (let i = 0; i < view.getUint16(endAt + 10, true); i++) {
    if (at + centralSize > endAt || view.getUint32(at, true) !== 0x02014b50) {
      throw damaged(name, 'its directory is damaged');
    }
    const nameLength = view.getUint16(at + 28, true);
    const method = view.getUint16(at + 10, true);
    const entryName = textAt(view, at + centralSize, nameLength, name);
    if (method !== 0 && method !== 8) throw damaged(name, `${entryName} is compressed by an unknown method`);
    if (view.getUint16(at + 8, true) & 1) throw damaged(name, `${entryName} is encrypted`);
    entries.push({
      name: entryName,
      compressed: method === 8,
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += centralSize + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

async function contentOf(entry: Entry, view: DataView, bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const { headerAt, packedSize, size } = entry;
  if (headerAt + localSize > bytes.length || view.getUint32(headerAt, true) !== 0x04034b50) {
    throw damaged(name, `${entry.name} is not where the directory says`);
  }
  const from =
    headerAt + localSize + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  if (from + packedSize > bytes.length || size >= maxEntry) throw damaged(name, `${entry.name} is cut short`);
  const packed = bytes.subarray(from, from + packedSize);
  const content = entry.compressed ? await inflated(packed, size) : packed;
  if (content?.length !== size || crc32(content) !== entry.crc) {
    throw damaged(name, `${entry.name} is damaged (wrong size or checksum)`);
  }
  return content;
}

/** `undefined` when the bytes are damaged or hold more than `size`. */
async function inflated(packed: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  const content = new Uint8Array(size);
  const source = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let at = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return content.subarray(0, at);
      if (at + value.length > size) return undefined;
      content.set(value, at);
      at += value.length;
    }
  } catch {
    return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function textAt(view: DataView, at: number, length: number, name: string): string {
  if (at + length > view.byteLength) throw damaged(name, 'its directory is cut short');
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

function damaged(name: string, problem: string): SparnetError {
  return new SparnetError('bad-file', `${name}: ${problem}`);
}
