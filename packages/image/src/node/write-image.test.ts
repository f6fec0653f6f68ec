import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sniffFormat } from '../image-format.ts';
import { createImage } from '../image.ts';
import { decodeImage, encodeImage, writeImage } from '../node.ts';
import { loadSharp } from './load-sharp.ts';

const image = createImage({
  width: 3,
  height: 2,
  channels: 3,
  data: Uint8Array.from({ length: 18 }, (_, i) => i * 14),
});
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparnet-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the extension chooses the format, and nothing else is left in the folder', async () => {
  await writeFile(join(folder, 'a.png'), 'an older file');
  for (const name of ['a.png', 'b.JPG', 'c.jpeg', 'd.webp']) await writeImage(join(folder, name), image);
  expect(await readdir(folder)).toEqual(['a.png', 'b.JPG', 'c.jpeg', 'd.webp']);
  const formats = ['a.png', 'b.JPG', 'c.jpeg', 'd.webp'].map(async (name) =>
    sniffFormat(await readFile(join(folder, name))),
  );
  expect(await Promise.all(formats)).toEqual(['png', 'jpeg', 'jpeg', 'webp']);
  expect(await decodeImage(join(folder, 'a.png'))).toEqual(image);
});

test('a file that cannot be written leaves nothing behind and says why', async () => {
  const before = await readdir(folder);
  await expect(writeImage(join(folder, 'e.gif'), image)).rejects.toMatchObject({ code: 'bad-argument' });
  await expect(writeImage(join(folder, 'none', 'e.png'), image)).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringContaining('does not exist') as string,
  });
  await expect(writeImage(join(folder, 'f.png'), { ...image, width: 4 })).rejects.toMatchObject({
    code: 'bad-image',
  });
  expect(await readdir(folder)).toEqual(before);
});

test('quality trades size, and PNG takes none', async () => {
  const big = createImage({ width: 64, height: 64, channels: 3 });
  for (let i = 0; i < big.data.length; i++) big.data[i] = (i * 37) % 251;
  const low = await encodeImage(big, { format: 'jpeg', quality: 10 });
  const high = await encodeImage(big, { format: 'jpeg', quality: 95 });
  expect(low.length).toBeLessThan(high.length);
  expect(await encodeImage(big, { format: 'jpeg' })).toEqual(high);
  await expect(encodeImage(big, { quality: 90 })).rejects.toMatchObject({ code: 'bad-argument' });
  await expect(encodeImage(big, { format: 'jpeg', quality: 101 })).rejects.toThrow(
    'expected integer between 1 and 100 for quality, got 101',
  );
});

test('JPEG flattens alpha over white', async () => {
  const clear = createImage({ width: 8, height: 8, channels: 4 });
  const { data } = await decodeImage(await encodeImage(clear, { format: 'jpeg' }));
  expect(Math.min(...data)).toBe(255);
});

test('without sharp the error says how to get it', async () => {
  const failure = loadSharp(() => Promise.reject(new Error("Cannot find package 'sharp'\nmore")));
  await expect(failure).rejects.toBeInstanceOf(SparnetError);
  await expect(failure).rejects.toMatchObject({
    code: 'missing-package',
    message: expect.stringMatching(/npm install sharp \(Cannot find package 'sharp'\)$/) as string,
  });
});
