import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createImage } from '../image.ts';
import { encodeImage, openPictures, placeOf, readPicture, type PictureSet } from '../node.ts';
import { tarBytes } from './tar-fixture.ts';

test('folders are taken whole and sorted by code units; links are followed, but not in a circle', async () => {
  const folder = await pictures(['b.png', 'B.jpg', 'sub/a.JPEG', 'a/z.webp', '.hidden.jpg', '.git/x.jpg']);
  writeFileSync(join(folder, 'a.txt'), '');
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(await pictures(['far.jpg']), join(folder, 'link'));
  symlinkSync(join(folder, 'nothing.jpg'), join(folder, 'dead.jpg'));
  symlinkSync(join(folder, 'b.png'), join(folder, 'same.png'));
  const set = await openPictures([folder]);
  expect(set.names).toEqual(['B.jpg', 'a/z.webp', 'b.png', 'link/far.jpg', 'same.png', 'sub/a.JPEG']);
  expect(await shades(set)).toEqual([1, 3, 0, 0, 0, 2]);
});

test('folders that link to each other are listed once, under their own paths', async () => {
  const folder = await pictures(['a/1.png', 'b/2.png', 'c/3.png']);
  for (const from of 'abc')
    for (const to of 'abc') if (from !== to) symlinkSync(join(folder, to), join(folder, from, `to-${to}`));
  const outside = await pictures(['4.png']);
  symlinkSync(outside, join(folder, 'z'));
  symlinkSync(outside, join(folder, 'b', 'y'));
  symlinkSync(folder, join(outside, 'back'));
  expect((await openPictures([folder])).names).toEqual(['a/1.png', 'b/2.png', 'b/y/4.png', 'c/3.png']);
});

test('folders, archives, archives in folders and single pictures one after the other', async () => {
  const folder = await pictures(['single.jpg', 'x/1.jpg']);
  const [y, z] = [await picture(20), await picture(21)];
  writeFileSync(
    join(folder, 'x/shard-1.tar'),
    tarBytes([
      { name: 'z.jpg', content: z },
      { name: 'z.json', content: '{}' },
    ]),
  );
  writeFileSync(
    join(folder, 'x/shard-0.tar'),
    tarBytes([
      { name: 'd/y.png', content: y },
      { name: '._y.png', content: 'no' },
      { name: '__MACOSX/.y/y.png', content: 'no' },
    ]),
  );
  const set = await openPictures([
    join(folder, 'single.jpg'),
    join(folder, 'x'),
    join(folder, 'x/shard-1.tar'),
  ]);
  expect(set.names).toEqual(['single.jpg', '1.jpg', 'd/y.png', 'z.jpg', 'z.jpg']);
  expect(await shades(set)).toEqual([0, 1, 20, 21, 21]);
  expect(structuredClone(set)).toEqual(set);
});

test('what is missing or no picture is refused by name', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'notes.txt'), '');
  writeFileSync(join(folder, 'set.tar.gz'), '');
  await expect(openPictures(['/nowhere/faces'])).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringContaining('/nowhere/faces') as string,
  });
  await expect(openPictures([folder])).rejects.toMatchObject({ code: 'no-data' });
  await expect(openPictures([])).rejects.toMatchObject({ code: 'no-data' });
  await expect(openPictures([join(folder, 'set.tar.gz')])).rejects.toMatchObject({ code: 'bad-argument' });
  const set = await openPictures([await pictures(['a.png'])]);
  expect(() => placeOf(set, 1)).toThrow('no picture 1 in a set of 1');
});

test.each(['../a.png', 'x/../../a.png', '/a.png', 'C:/a.png', 'x\\..\\a.png'])(
  'the name %j in an archive leads out of it',
  async (name) => {
    const file = join(tempFolder(), 'set.tar');
    writeFileSync(file, tarBytes([{ name }]));
    await expect(openPictures([file])).rejects.toMatchObject({
      code: 'unsafe-file',
      message: expect.stringContaining(JSON.stringify(name)) as string,
    });
  },
);

test('a picture that is damaged, gone or shorter is refused by file and member', async () => {
  const folder = await pictures(['a.png', 'b.png', 'c.png']);
  const file = join(folder, 'set.tar');
  writeFileSync(file, tarBytes([{ name: 'd/e.png', content: (await picture(0)).subarray(0, 60) }]));
  const set = await openPictures([folder]);
  truncateSync(join(folder, 'a.png'), 50);
  renameSync(join(folder, 'b.png'), join(folder, 'moved.png'));
  writeFileSync(join(folder, 'c.png'), Buffer.alloc(set.sizes[2] ?? 0));
  const outcomes = await Promise.allSettled(set.names.map((_, index) => readPicture(placeOf(set, index))));
  const said = (code: string, message: RegExp) => ({
    reason: { code, message: expect.stringMatching(message) as string },
  });
  expect(outcomes).toMatchObject([
    said('bad-file', /a\.png, offset 50: the file has become shorter/),
    said('missing-file', /b\.png is not there any more/),
    said('bad-image', /^\/.*c\.png: expected a JPEG, PNG or WebP file/),
    said('bad-image', /^\/.*set\.tar, d\/e\.png: damaged/),
  ]);
  // A folder in its place stands for all that the system refuses to read.
  await expect(readPicture({ name: 'x', path: folder, offset: 0, size: 9 })).rejects.toMatchObject({
    code: 'read-failed',
  });
});

test('a picture with too many pixels is refused before it is decoded', async () => {
  const set = await openPictures([await pictures(['a.png'])]);
  await expect(readPicture(placeOf(set, 0), { maxPixels: 3 })).rejects.toThrow(
    /a\.png: 2 x 2 pixels are more/,
  );
});

/** A folder of pictures of 2 x 2 pixels, whose red is their place in the list. */
async function pictures(names: readonly string[]): Promise<string> {
  const folder = tempFolder();
  for (const [red, name] of names.entries()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), await picture(red));
  }
  return folder;
}

/** The bytes of a PNG. */
function picture(red: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? red : 0));
  return encodeImage(createImage({ width: 2, height: 2, channels: 3, data }));
}

function shades(set: PictureSet): Promise<(number | undefined)[]> {
  return Promise.all(set.names.map(async (_, index) => (await readPicture(placeOf(set, index))).data[0]));
}

/** An empty folder that is removed when the test is over. */
function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sparnet-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
