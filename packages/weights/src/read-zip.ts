import { badFile } from './bad-file.ts';
import { crc32 } from './crc32.ts';

const endSize = 22;
const end64Size = 56;
const locator64Size = 20;
const centralSize = 46;
const localSize = 30;
const all16 = 0xffff;
const all32 = 0xffffffff;

/** Data descriptor, UTF-8 names, and two hints for deflate: the flags that don't change how stored bytes read. */
const harmlessFlags = 0x080e;

interface Entry {
  name: string;
  size: number;
  crc: number;
  headerAt: number;
}

/**
 * Reads a zip archive of stored entries. Only the central directory says what is in it, and it must account for the
 * whole end of the file, so that no two readers can see different archives in one file. Archives of more than 4 GiB
 * (zip64) are read, too.
 *
 * @param bytes - The whole archive.
 * @param name - The file's name for messages.
 * @returns The entries' bytes by name, as views on `bytes`.
 * @throws SparnetError `bad-file` for anything cut short or contradictory, and for encrypted or compressed entries,
 *   repeated names, names that lead out of the archive, entries that overlap, and wrong checksums.
 */
export function readZip(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, directoryAt, directoryEnd } = findDirectory(view, name);
  const entries = new Map<string, Entry>();
  let at = directoryAt;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readCentral(view, at, directoryEnd, name);
    if (entries.has(entry.name)) throw badFile(name, `the entry ${entry.name} is repeated`);
    entries.set(entry.name, entry);
    at = next;
  }
  if (at !== directoryEnd) throw badFile(name, 'the zip directory holds more than its entries');

  const contents = new Map<string, Uint8Array>();
  let free = 0;
  for (const entry of [...entries.values()].toSorted((a, b) => a.headerAt - b.headerAt)) {
    if (entry.headerAt < free) throw badFile(name, `the entry ${entry.name} overlaps another`);
    const dataAt = readLocal(view, entry, directoryAt, name);
    free = dataAt + entry.size;
    const content = bytes.subarray(dataAt, free);
    if (crc32(content) !== entry.crc)
      throw badFile(name, `the entry ${entry.name} is damaged (wrong checksum)`);
    contents.set(entry.name, content);
  }
  return contents;
}

function findDirectory(
  view: DataView,
  name: string,
): { count: number; directoryAt: number; directoryEnd: number } {
  const endAt = view.byteLength - endSize;
  if (endAt < 0 || view.getUint32(endAt, true) !== 0x06054b50 || view.getUint16(endAt + 20, true) !== 0) {
    throw badFile(
      name,
      'the zip archive does not end with its directory; it is cut short or has something appended',
    );
  }
  let directoryEnd = endAt;
  let count = view.getUint16(endAt + 10, true);
  let size = view.getUint32(endAt + 12, true);
  let directoryAt = view.getUint32(endAt + 16, true);
  const disks = [view.getUint16(endAt + 4, true), view.getUint16(endAt + 6, true)];
  if (disks.some((disk) => disk !== 0 && disk !== all16) || view.getUint16(endAt + 8, true) !== count) {
    throw badFile(name, 'the zip archive is one part of several');
  }

  const locatorAt = endAt - locator64Size;
  if (locatorAt >= end64Size && view.getUint32(locatorAt, true) === 0x07064b50) {
    directoryEnd = locatorAt - end64Size;
    if (
      view.getUint32(directoryEnd, true) !== 0x06064b50 ||
      uint64(view, locatorAt + 8, name) !== directoryEnd
    ) {
      throw badFile(name, 'the 64-bit end of the zip directory is not where it should be');
    }
    const large = [32, 40, 48].map((offset) => uint64(view, directoryEnd + offset, name));
    const agree = (short: number, long: number | undefined, all: number) => short === long || short === all;
    if (
      !agree(count, large[0], all16) ||
      !agree(size, large[1], all32) ||
      !agree(directoryAt, large[2], all32)
    ) {
      throw badFile(name, 'the two ends of the zip directory contradict each other');
    }
    [count, size, directoryAt] = large as [number, number, number];
  }
  if (directoryAt + size !== directoryEnd) throw badFile(name, 'the zip directory is not where its end says');
  return { count, directoryAt, directoryEnd };
}

function readCentral(view: DataView, at: number, end: number, name: string): { entry: Entry; next: number } {
  if (at + centralSize > end || view.getUint32(at, true) !== 0x02014b50) {
    throw badFile(name, 'the zip directory is cut short');
  }
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const next = at + centralSize + nameLength + extraLength + view.getUint16(at + 32, true);
  if (next > end) throw badFile(name, 'the zip directory is cut short');
  const entryName = readName(view, at + centralSize, nameLength, name);
  checkStored(view, at + 8, entryName, name);

  const short = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  const [size, stored, headerAt] = widened(view, short, at + centralSize + nameLength, extraLength, name);
  if (size !== stored) throw badFile(name, `the entry ${entryName} has two sizes`);
  const crc = view.getUint32(at + 16, true);
  return { entry: { name: entryName, size: size as number, crc, headerAt: headerAt as number }, next };
}

/** Fields of which all bits are set stand, in this order, in the zip64 extra field. */
function widened(
  view: DataView,
  fields: number[],
  extraAt: number,
  extraLength: number,
  name: string,
): number[] {
  const missing = fields.filter((field) => field === all32).length;
  if (missing === 0) return fields;
  for (let at = extraAt; at + 4 <= extraAt + extraLength; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    if (view.getUint16(at + 2, true) < 8 * missing || at + 4 + 8 * missing > extraAt + extraLength) break;
    let from = at + 4;
    return fields.map((field) => {
      if (field !== all32) return field;
      from += 8;
      return uint64(view, from - 8, name);
    });
  }
  throw badFile(name, 'an entry of the zip archive lacks its 64-bit size');
}

/** Where the entry's bytes begin. Its own header must agree with the directory. */
function readLocal(
  view: DataView,
  { name: entryName, size, headerAt }: Entry,
  end: number,
  name: string,
): number {
  if (headerAt + localSize > end || view.getUint32(headerAt, true) !== 0x04034b50) {
    throw badFile(name, `the entry ${entryName} is not where the zip directory says`);
  }
  const nameLength = view.getUint16(headerAt + 26, true);
  const dataAt = headerAt + localSize + nameLength + view.getUint16(headerAt + 28, true);
  if (dataAt + size > end) throw badFile(name, `the entry ${entryName} is cut short`);
  checkStored(view, headerAt + 6, entryName, name);
  if (readName(view, headerAt + localSize, nameLength, name) !== entryName) {
    throw badFile(name, `the entry ${entryName} has another name in the zip directory`);
  }
  return dataAt;
}

function checkStored(view: DataView, flagsAt: number, entryName: string, name: string): void {
  const flags = view.getUint16(flagsAt, true);
  if (flags & 0x2041) throw badFile(name, `the entry ${entryName} is encrypted`);
  if (flags & ~harmlessFlags) throw badFile(name, `the entry ${entryName} uses an unknown zip feature`);
  if (view.getUint16(flagsAt + 2, true) !== 0) {
    throw badFile(
      name,
      `the entry ${entryName} is compressed, which torch.save never does; unpack and store it`,
    );
  }
}

function readName(view: DataView, at: number, length: number, name: string): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badFile(name, 'an entry of the zip archive has a name that is not UTF-8', { cause });
  }
  const leavesArchive = text.startsWith('/') || /[\\\0]/.test(text) || text.split('/').includes('..');
  if (text === '' || leavesArchive) throw badFile(name, `unsafe entry name ${JSON.stringify(text)}`);
  return text;
}

function uint64(view: DataView, at: number, name: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw badFile(name, 'a 64-bit size of the zip archive is out of range');
  return value;
}
