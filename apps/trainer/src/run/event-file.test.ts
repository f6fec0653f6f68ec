import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.ts';
import { openEventFile } from './event-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const now = () => 1_700_000_000_250;

test('CRC-32C: known answers', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(new Uint8Array(0))).toBe(0);
  // The length word of a record of 24 bytes, as TensorFlow writes it.
  expect(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0))).toBe(0x224b7fa3);
});

test('scalars and pictures, framed and tagged', () => {
  const events = openEventFile(dir, { now });
  const png = Uint8Array.from({ length: 300 }, (_, i) => i);
  events.scalar('loss/pixel', 7, 0.25);
  events.scalar('ψ', 2 ** 40, -1);
  events.image('preview', 200, { png, width: 640, height: 128 });

  const [version, session, first, second, picture, ...rest] = readEvents(events.file);
  expect(rest).toEqual([]);
  expect(version).toMatchObject({ 1: [1_700_000_000.25], 2: [0], 3: [Buffer.from('brain.Event:2')] });
  expect(message(session?.[7])).toEqual({ 1: [1] });

  expect(first).toMatchObject({ 1: [1_700_000_000.25], 2: [7] });
  expect(message(message(first?.[5])[1])).toEqual({ 1: [Buffer.from('loss/pixel')], 2: [0.25] });
  expect(second?.[2]).toEqual([2 ** 40]);
  expect(message(message(second?.[5])[1])).toEqual({ 1: [Buffer.from('ψ')], 2: [-1] });

  const value = message(message(picture?.[5])[1]);
  expect(picture?.[2]).toEqual([200]);
  expect(value[1]).toEqual([Buffer.from('preview')]);
  expect(message(value[4])).toEqual({ 1: [128], 2: [640], 3: [3], 4: [Buffer.from(png)] });
});

test('a file for steps that go on says from where', () => {
  const [, session] = readEvents(openEventFile(dir, { firstStep: 101, now }).file);
  expect(session?.[2]).toEqual([101]);
});

test('two files of one second have names of their own', () => {
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  const names = [openEventFile(dir, { now }), openEventFile(dir, { now })].map(({ file }) => basename(file));
  expect(names).toEqual([
    `events.out.tfevents.1700000000.${host}.0`,
    `events.out.tfevents.1700000000.${host}.1`,
  ]);
});

test('a folder that cannot be made is an error', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => openEventFile(join(dir, 'file'))).toThrow('cannot be written');
});

type Fields = Record<number, (number | Buffer)[]>;

/** Undoes the framing, checking both sums of each record. */
function readEvents(file: string): Fields[] {
  const bytes = readFileSync(file);
  const events: Fields[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    events.push(message([data]));
    at += length + 16;
  }
  return events;
}

/** The fields of a protocol buffers message: varints and floats as numbers, the rest as bytes. */
function message(field: (number | Buffer)[] | undefined): Fields {
  const bytes = field?.[0] as Buffer;
  const fields: Fields = {};
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const size = { 0: 0, 1: 8, 2: 0, 5: 4 }[key & 7];
    if (size === undefined) throw new Error(`wire type ${key & 7}`);
    let value: number | Buffer;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 1) value = bytes.readDoubleLE(at);
    else if ((key & 7) === 5) value = bytes.readFloatLE(at);
    else {
      const length = varint();
      value = bytes.subarray(at, at + length);
      at += length;
    }
    at += size;
    (fields[key >> 3] ??= []).push(value);
  }
  return fields;
}
