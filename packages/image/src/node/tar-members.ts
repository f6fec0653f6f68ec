import { open, type FileHandle } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import { parsePaxRecords, parseTarHeader, readText, tarBlock } from './tar-header.ts';

/** A file inside a tar archive: where its bytes are. */
export interface TarMember {
  /** The path inside the archive, without a leading `./`. */
  name: string;
  /** The first byte of its content in the archive. */
  offset: number;
  /** Bytes of content. */
  size: number;
}

/** Names longer than this are no names: protects from a corrupt size in front of a long-name block. */
const longestName = 1 << 16;

/**
 * Walks the headers of a tar archive (USTAR, pax, GNU long names) and gives its files in their order. Contents are
 * not read.
 *
 * @throws SparnetError `missing-file`; `bad-file`, naming file and offset, when the archive is truncated or corrupt;
 *   `unsupported` for a sparse member, whose bytes do not lie in the archive as they are.
 */
export async function* tarMembers(file: string): AsyncGenerator<TarMember> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `cannot open the archive ${file}`, { cause });
  });
  try {
    yield* walk(file, handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function* walk(file: string, handle: FileHandle, end: number): AsyncGenerator<TarMember> {
  const window = readWindow(handle);
  let nextName: string | undefined;
  let nextSize: number | undefined;
  let at = 0;
  for (;;) {
    const where = `${file}, offset ${at}`;
    if (at + tarBlock > end) {
      throw new SparnetError(
        'bad-file',
        `${where}: the archive ends without its closing block; it is truncated`,
      );
    }
    const header = parseTarHeader(await window(at, tarBlock), where);
    if (header === undefined) return;
    const own = header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K';
    const size = own ? header.size : (nextSize ?? header.size);
    const offset = at + tarBlock;
    const name = (own ? header.name : (nextName ?? header.name)).replace(/^(?:\.\/)+/, '');
    if (offset + size > end) {
      throw new SparnetError(
        'bad-file',
        `${where}: ${name} should have ${size} bytes, but the archive ends at ${end}; it is truncated`,
      );
    }
    if (own && size > longestName) {
      throw new SparnetError('bad-file', `${where}: a name of ${size} bytes; the archive is corrupt`);
    }
    if (header.type === 'L') {
      nextName = readText(await window(offset, size), 0, size);
    } else if (header.type === 'x') {
      const records = parsePaxRecords(await window(offset, size), where);
      nextName = records.get('path') ?? nextName;
      nextSize = paxSize(records.get('size'), where);
      refuseSparse(
        [...records.keys()].some((key) => key.startsWith('GNU.sparse')),
        where,
      );
    } else if (!own) {
      refuseSparse(header.type === 'S', where);
      if (header.type === '0' || header.type === '\0' || header.type === '7') yield { name, offset, size };
      nextName = nextSize = undefined;
    }
    at = offset + Math.ceil(size / tarBlock) * tarBlock;
  }
}

/** Reads through a buffer of 64 KiB, since the headers of small members lie close together. */
function readWindow(handle: FileHandle): (at: number, length: number) => Promise<Uint8Array> {
  const buffer = new Uint8Array(1 << 16);
  let start = 0;
  let filled = 0;
  return async (at, length) => {
    if (at < start || at + length > start + filled) {
      start = at;
      filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, at + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    }
    return buffer.subarray(at - start, at - start + length);
  };
}

function paxSize(text: string | undefined, where: string): number | undefined {
  if (text === undefined) return undefined;
  const size = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(size)) return size;
  throw new SparnetError(
    'bad-file',
    `${where}: the size ${text} in this pax header is no number; the archive is corrupt`,
  );
}

function refuseSparse(sparse: boolean, where: string): void {
  if (sparse) {
    throw new SparnetError(
      'unsupported',
      `${where}: sparse tar members are not supported; pack without --sparse`,
    );
  }
}
