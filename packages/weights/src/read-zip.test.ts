import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { readZip } from './read-zip.ts';
import { writeZip } from './write-zip.ts';

const text = (value: string) => new TextEncoder().encode(value);
const archive = () =>
  writeZip(
    new Map([
      ['a/one', text('first')],
      ['a/two', text('second')],
    ]),
  );
const directoryOf = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(bytes.length - 6, true);

function changed(change: (view: DataView, directory: number, bytes: Uint8Array) => void): Uint8Array {
  const bytes = archive();
  change(new DataView(bytes.buffer), directoryOf(bytes), bytes);
  return bytes;
}

test('crc32 known answers', () => {
  expect(crc32(text(''))).toBe(0);
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
  expect(crc32(text('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
});

test('what was written is read, at multiples of 64 bytes', () => {
  const bytes = archive();
  const entries = readZip(bytes, 'x.zip');
  expect([...entries]).toEqual([
    ['a/one', text('first')],
    ['a/two', text('second')],
  ]);
  expect([...entries.values()].map((content) => content.byteOffset % 64)).toEqual([0, 0]);
  expect(readZip(writeZip(new Map()), 'x.zip').size).toBe(0);
});

test.each<[string, Uint8Array, string]>([
  ['no bytes', new Uint8Array(0), 'cut short'],
  ['something appended', Uint8Array.from([...archive(), 0]), 'cut short'],
  ['something prepended', Uint8Array.from([0, ...archive()]), 'not where its end says'],
  ['a comment', changed((view) => view.setUint16(view.byteLength - 2, 1, true)), 'cut short'],
  ['another disk', changed((view) => view.setUint16(view.byteLength - 18, 1, true)), 'one part of several'],
  [
    'fewer entries than the directory',
    changed((view) => [14, 12].forEach((at) => view.setUint16(view.byteLength - at, 1, true))),
    'more than its entries',
  ],
  [
    'more entries than the directory',
    changed((view) => [14, 12].forEach((at) => view.setUint16(view.byteLength - at, 3, true))),
    'cut short',
  ],
  ['an encrypted entry', changed((view, at) => view.setUint16(at + 8, 1, true)), 'a/one is encrypted'],
  [
    'an entry encrypted only in its own header',
    changed((view) => view.setUint16(6, 1, true)),
    'a/one is encrypted',
  ],
  ['a compressed entry', changed((view, at) => view.setUint16(at + 10, 8, true)), 'a/one is compressed'],
  [
    'an entry compressed only in its own header',
    changed((view) => view.setUint16(8, 8, true)),
    'a/one is compressed',
  ],
  ['an unknown flag', changed((view, at) => view.setUint16(at + 8, 0x20, true)), 'unknown zip feature'],
  ['a wrong checksum', changed((view, at) => view.setUint32(at + 16, 1, true)), 'wrong checksum'],
  ['a changed content', changed((_, __, bytes) => void (bytes[64]! ^= 1)), 'wrong checksum'],
  ['two sizes', changed((view, at) => view.setUint32(at + 20, 4, true)), 'two sizes'],
  [
    'an entry past the directory',
    changed((view, at) => view.setUint32(at + 42, at, true)),
    'not where the zip directory says',
  ],
  [
    'an entry without a header',
    changed((view) => view.setUint32(0, 0, true)),
    'not where the zip directory says',
  ],
  ['another name in the header', changed((view) => view.setUint8(30, 0x62)), 'another name'],
  [
    'one header for two entries',
    changed((view, at) => view.setUint32(at + 46 + 5 + 42, 0, true)),
    'overlaps',
  ],
  [
    'a 64-bit size that is missing',
    changed((view, at) => view.setUint32(at + 42, 0xffffffff, true)),
    '64-bit size',
  ],
])('%s is refused', (_, bytes, message) => {
  expect(() => readZip(bytes, 'x.zip')).toThrow(
    expect.objectContaining({
      code: 'bad-file',
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});

test('a repeated name is refused', () => {
  const bytes = changed((_, at, all) => {
    for (const name of [30, at + 46]) all.set(text('a/two'), name);
  });
  expect(() => readZip(bytes, 'x.zip')).toThrow('a/two is repeated');
});

test.each(['../evil', 'a/../../evil', '/etc/passwd', 'a\\..\\evil', 'a\0b', '..', ''])(
  'the name %j is refused',
  (name) => {
    expect(() => readZip(writeZip(new Map([[name, text('x')]])), 'x.zip')).toThrow('unsafe entry name');
  },
);

test('64-bit sizes are read', () => {
  // The same archive with the directory entry's place in an extra field, and with the 64-bit end PyTorch writes.
  const small = writeZip(new Map([['a', text('1')]]));
  const at = directoryOf(small);
  const bytes = new Uint8Array(at + 46 + 1 + 12 + 56 + 20 + 22);
  const view = new DataView(bytes.buffer);
  bytes.set(small.subarray(0, at + 47));
  view.setUint16(at + 30, 12, true);
  view.setUint32(at + 42, 0xffffffff, true);
  view.setUint16(at + 47, 1, true);
  view.setUint16(at + 49, 8, true);
  const end64 = at + 59;
  view.setUint32(end64, 0x06064b50, true);
  view.setBigUint64(end64 + 32, 1n, true);
  view.setBigUint64(end64 + 40, 59n, true);
  view.setBigUint64(end64 + 48, BigInt(at), true);
  view.setUint32(end64 + 56, 0x07064b50, true);
  view.setBigUint64(end64 + 64, BigInt(end64), true);
  const end = end64 + 76;
  view.setUint32(end, 0x06054b50, true);
  view.setUint16(end + 8, 1, true);
  view.setUint16(end + 10, 1, true);
  view.setUint32(end + 12, 0xffffffff, true);
  view.setUint32(end + 16, 0xffffffff, true);
  expect([...readZip(bytes, 'x.zip')]).toEqual([['a', text('1')]]);

  view.setUint32(end + 16, at - 1, true);
  expect(() => readZip(bytes, 'x.zip')).toThrow('contradict each other');
});
