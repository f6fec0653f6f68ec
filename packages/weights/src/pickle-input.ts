import { badFile } from './bad-file.ts';

/** A cursor over pickled bytes. Every read past the end is the same `bad-file` error. */
export interface PickleInput {
  readonly position: number;
  /** The next `count` bytes, as a view. */
  bytes(count: number): Uint8Array;
  uint8(): number;
  uint16(): number;
  uint32(): number;
  int32(): number;
  /** Big-endian, unlike the rest. */
  float64(): number;
  /** `count` bytes of UTF-8. */
  text(count: number): string;
  /** Text up to the next line feed, which is read and dropped. */
  line(): string;
}

/**
 * Reads pickled data from `start` on, at most `limit` bytes of it.
 *
 * @param name - The file's name for messages.
 */
export function pickleInput(all: Uint8Array, start: number, limit: number, name: string): PickleInput {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  let position = start;

  /** Moves past the next `count` bytes and returns where they begin. */
  function pass(count: number): number {
    if (position + count > all.length)
      throw badFile(name, 'the pickled data is cut short; get the file again');
    if (position + count > start + limit) throw badFile(name, `more than ${limit} bytes of pickled data`);
    position += count;
    return position - count;
  }
  function bytes(count: number): Uint8Array {
    const from = pass(count);
    return all.subarray(from, from + count);
  }
  function text(count: number): string {
    try {
      return decoder.decode(bytes(count));
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw badFile(name, 'a pickled text is not UTF-8', { cause });
    }
  }
  return {
    get position() {
      return position;
    },
    bytes,
    text,
    uint8: () => view.getUint8(pass(1)),
    uint16: () => view.getUint16(pass(2), true),
    uint32: () => view.getUint32(pass(4), true),
    int32: () => view.getInt32(pass(4), true),
    float64: () => view.getFloat64(pass(8)),
    line() {
      const end = all.indexOf(0x0a, position);
      const value = text((end === -1 ? all.length : end) - position);
      pass(1);
      return value;
    },
  };
}
