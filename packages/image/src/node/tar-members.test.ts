import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { isSparnetError } from '@sparnet/core';
import { paxRecord, tarBytes } from './tar-fixture.ts';
import { tarMembers, type TarMember } from './tar-members.ts';

const long = `${'folder/'.repeat(30)}face-ä.jpg`;

test('names and places of the files of an archive', async () => {
  const file = write(
    tarBytes([
      { name: './a.jpg', content: 'first' },
      { name: 'sub/', type: '5' },
      { name: 'link.jpg', type: '2' },
      { name: 'b.jpg', prefix: 'deep/er', content: 'x'.repeat(513) },
      { name: 'old.jpg', content: 'seventh edition', type: '\0' },
      { name: 'empty.jpg' },
    ]),
  );
  const bytes = readFileSync(file);
  const members = await list(file);
  expect(members.map(({ name }) => name)).toEqual(['a.jpg', 'deep/er/b.jpg', 'old.jpg', 'empty.jpg']);
  expect(members.map(({ offset, size }) => bytes.toString('utf8', offset, offset + size))).toEqual([
    'first',
    'x'.repeat(513),
    'seventh edition',
    '',
  ]);
});

test('GNU long names and pax records belong to the next member only', async () => {
  const file = write(
    tarBytes([
      { name: '././@LongLink', type: 'L', content: `${long}\0` },
      { name: 'cut', content: '1' },
      { name: 'PaxHeader', type: 'x', content: paxRecord('mtime', '1.5') + paxRecord('path', `pax/${long}`) },
      { name: 'cut', content: '22' },
      { name: 'pax_global_header', type: 'g', content: paxRecord('comment', 'nothing') },
      { name: 'plain.jpg', content: '333' },
    ]),
  );
  expect((await list(file)).map(({ name, size }) => [name, size])).toEqual([
    [long, 1],
    [`pax/${long}`, 2],
    ['plain.jpg', 3],
  ]);
});

test.each(['ustar', 'pax', 'gnu'])('reads what tar writes as %s', async (format) => {
  const folder = tempFolder();
  const deep = format === 'ustar' ? 'a'.repeat(90) : 'a'.repeat(150);
  mkdirSync(join(folder, deep));
  for (const name of ['one.jpg', `${deep}/two.jpg`]) writeFileSync(join(folder, name), name);
  execFileSync('tar', [`--format=${format}`, '-cf', 'all.tar', 'one.jpg', deep], { cwd: folder });
  const bytes = readFileSync(join(folder, 'all.tar'));
  const members = await list(join(folder, 'all.tar'));
  expect(members.map(({ name }) => name)).toEqual(['one.jpg', `${deep}/two.jpg`]);
  for (const { name, offset, size } of members) {
    expect(bytes.toString('utf8', offset, offset + size)).toBe(name);
  }
});

test('a size in base 256 is read, so members may pass 8 GiB', async () => {
  const bytes = tarBytes([{ name: 'big.jpg' }]);
  bytes.fill(0, 124, 136);
  bytes[124] = 0x80;
  bytes.writeUInt32BE(2, 128);
  const file = write(withChecksum(bytes));
  await expect(list(file)).rejects.toThrow(`big.jpg should have ${2 ** 33} bytes`);
});

test('a cut archive is refused, wherever it is cut', async () => {
  const bytes = tarBytes([
    { name: '././@LongLink', type: 'L', content: `${long}\0` },
    { name: 'cut', content: 'x'.repeat(700) },
    { name: 'b.jpg', content: 'y' },
  ]);
  const file = write(bytes);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1025 }), async (length) => {
      writeFileSync(file, bytes.subarray(0, length));
      await expect(list(file)).rejects.toThrow(/truncated/);
    }),
  );
});

test('flipped bytes give members, or an error that names file and offset', async () => {
  const bytes = tarBytes([
    { name: 'PaxHeader', type: 'x', content: paxRecord('path', long) },
    { name: 'cut', content: 'x'.repeat(700) },
    { name: 'b.jpg', content: 'y' },
  ]);
  const file = write(bytes);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const broken = Buffer.from(bytes);
        for (const [at, value] of changes) broken[at] = value;
        writeFileSync(file, broken);
        const result = await list(file).catch((error: unknown) => error);
        const good = Array.isArray(result)
          ? (result as TarMember[]).every(({ offset, size }) => offset + size <= bytes.length)
          : isSparnetError(result) && /set\.tar, offset \d+: /.test(result.message);
        expect(good).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('sparse members and missing archives are refused', async () => {
  await expect(list(write(tarBytes([{ name: 'a.jpg', type: 'S' }])))).rejects.toMatchObject({
    code: 'unsupported',
  });
  await expect(list('/nowhere/set.tar')).rejects.toMatchObject({ code: 'missing-file' });
});

function write(bytes: Uint8Array): string {
  const file = join(tempFolder(), 'set.tar');
  writeFileSync(file, bytes);
  return file;
}

async function list(file: string): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of tarMembers(file)) members.push(member);
  return members;
}

function withChecksum(bytes: Buffer): Buffer {
  bytes.write(' '.repeat(8), 148);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

/** An empty folder that is removed when the test is over. */
function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sparnet-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
