import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeError } from '@sparnet/core/node';
import { maskedCrc32c } from './crc32c.ts';

/** A TensorBoard event file that is being written. Every event is on its way to the disk when its call returns. */
interface EventFile {
  /** The file's path. */
  readonly file: string;
  /** Adds a point to a curve. */
  scalar: (tag: string, step: number, value: number) => void;
  /** Adds a picture, given as the bytes of a PNG file. */
  image: (tag: string, step: number, picture: { png: Uint8Array; width: number; height: number }) => void;
}

/**
 * Starts a new event file `events.out.tfevents.<seconds>.<host>.<n>` in a folder: TFRecords of `Event` messages, as
 * TensorBoard reads them. A run that goes on opens a new one, and TensorBoard then drops what older files hold from
 * `firstStep` on.
 *
 * @param dir - The run folder.
 * @param firstStep - The first step that this file will hold.
 * @param now - The clock, in milliseconds since 1970.
 * @throws SparnetError `bad-file` when it cannot be written; the same holds for every later call.
 */
export function openEventFile(
  dir: string,
  { firstStep = 0, now = Date.now }: { firstStep?: number; now?: () => number } = {},
): EventFile {
  const file = createFile(dir, now());

  function write(step: number, ...fields: Uint8Array[]): void {
    const event = Buffer.concat([double(1, now() / 1000), integer(2, step), ...fields]);
    guarded(file, () => appendFileSync(file, record(event)));
  }
  write(0, bytes(3, Buffer.from('brain.Event:2')));
  // Event.session_log with status START.
  write(firstStep, bytes(7, integer(1, 1)));
  return {
    file,
    scalar: (tag, step, value) => write(step, summary(tag, float(2, value))),
    image(tag, step, { png, width, height }) {
      const rgb = 3;
      const message = [integer(1, height), integer(2, width), integer(3, rgb), bytes(4, png)];
      write(step, summary(tag, bytes(4, Buffer.concat(message))));
    },
  };
}

/** Creates the first name that is free, since two runs may begin in one second. */
function createFile(dir: string, milliseconds: number): string {
  guarded(dir, () => mkdirSync(dir, { recursive: true }));
  const seconds = String(Math.floor(milliseconds / 1000)).padStart(10, '0');
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  for (let n = 0; ; n++) {
    const file = join(dir, `events.out.tfevents.${seconds}.${host}.${n}`);
    try {
      writeFileSync(file, '', { flag: 'wx' });
      return file;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw writeError(file, error);
    }
  }
}

function guarded(file: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    throw writeError(file, error);
  }
}

/** Length, its masked CRC, the data, their masked CRC. */
function record(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return framed;
}

/** Event.summary with one Summary.Value. */
function summary(tag: string, value: Uint8Array): Uint8Array {
  return bytes(5, bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), value])));
}

function integer(field: number, value: number): Uint8Array {
  return Uint8Array.of(field << 3, ...varint(value));
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of((field << 3) | 2, ...varint(content.length)), content]);
}

function double(field: number, value: number): Uint8Array {
  const encoded = Buffer.alloc(9);
  encoded[0] = (field << 3) | 1;
  encoded.writeDoubleLE(value, 1);
  return encoded;
}

function float(field: number, value: number): Uint8Array {
  const encoded = Buffer.alloc(5);
  encoded[0] = (field << 3) | 5;
  encoded.writeFloatLE(value, 1);
  return encoded;
}

/** The base-128 bytes of a non-negative integer below 2^53, low ones first. */
function varint(value: number): number[] {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return [...groups, rest];
}
