import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { datasetFingerprint } from './dataset-fingerprint.ts';
import { openDataset, placeOf } from './dataset.ts';
import { readPicture } from './read-picture.ts';
import { tarBytes } from './tar-fixture.ts';
import { tempFolder } from './temp-folder.ts';

test('folders are taken whole and sorted by code units; links are followed, but not in a circle', async () => {
  const folder = files({
    'b.png': '',
    'B.jpg': '',
    'sub/a.JPEG': '',
    'a/z.webp': '',
    'a.txt': '',
    '.hidden.jpg': '',
  });
  const other = files({ 'far.jpg': 'far' });
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(other, join(folder, 'link'));
  symlinkSync(join(folder, 'nothing.jpg'), join(folder, 'dead.jpg'));
  const dataset = await openDataset([folder]);
  expect(dataset.names).toEqual(['B.jpg', 'a/z.webp', 'b.png', 'link/far.jpg', 'sub/a.JPEG']);
  expect(await text(dataset, 3)).toBe('far');
});

test('folders, archives, archives in folders and single pictures one after the other', async () => {
  const folder = files({
    'x/1.jpg': 'one',
    'x/shard-1.tar': tarBytes([
      { name: 'z.jpg', content: 'zet' },
      { name: 'z.json', content: '{}' },
    ]),
    'x/shard-0.tar': tarBytes([
      { name: 'd/y.png', content: 'yps' },
      { name: '._y.png', content: 'no' },
    ]),
    'single.jpg': 'single',
  });
  const dataset = await openDataset([
    join(folder, 'single.jpg'),
    join(folder, 'x'),
    join(folder, 'x/shard-1.tar'),
  ]);
  expect(dataset.names).toEqual(['single.jpg', '1.jpg', 'd/y.png', 'z.jpg', 'z.jpg']);
  const contents = await Promise.all(dataset.names.map((_, index) => text(dataset, index)));
  expect(contents).toEqual(['single', 'one', 'yps', 'zet', 'zet']);
  expect(structuredClone(dataset)).toEqual(dataset);
});

test('boxes belong to whole names before file names; the others have none', async () => {
  const folder = files({ 'a/1.jpg': '', 'b/1.jpg': '', '2.jpg': '' });
  const table = files({
    'boxes.csv': 'file,left,top,right,bottom\n1.jpg,0,0,5,5\nb/1.jpg,1,2,3,4\nnone.jpg,0,0,1,1\n',
  });
  const dataset = await openDataset([folder], { boxes: join(table, 'boxes.csv') });
  expect(dataset.boxed).toBe(2);
  expect(dataset.names.map((_, index) => placeOf(dataset, index).box)).toEqual([
    undefined,
    { left: 0, top: 0, right: 5, bottom: 5 },
    { left: 1, top: 2, right: 3, bottom: 4 },
  ]);
});

test('what is missing or no picture is refused by name', async () => {
  const folder = files({ 'notes.txt': '', 'set.tar.gz': '' });
  await expect(openDataset(['/nowhere/faces'])).rejects.toMatchObject({ code: 'missing-file' });
  await expect(openDataset(['/nowhere/faces'])).rejects.toThrow('/nowhere/faces');
  await expect(openDataset([folder])).rejects.toMatchObject({ code: 'no-data' });
  await expect(openDataset([])).rejects.toMatchObject({ code: 'no-data' });
  await expect(openDataset([join(folder, 'set.tar.gz')])).rejects.toMatchObject({ code: 'bad-argument' });
});

test('a file that has become shorter or is gone is refused', async () => {
  const folder = files({ 'a.jpg': 'abcdef' });
  const dataset = await openDataset([folder]);
  writeFileSync(join(folder, 'a.jpg'), 'abc');
  await expect(readPicture(placeOf(dataset, 0))).rejects.toThrow(
    'a.jpg, offset 3: the file has become shorter',
  );
  const gone = { ...placeOf(dataset, 0), path: join(folder, 'b.jpg') };
  await expect(readPicture(gone)).rejects.toMatchObject({ code: 'missing-file' });
});

test('the fingerprint changes with names, sizes, order and boxes, not with the place', async () => {
  const content = { 'a.jpg': '1', 'b.jpg': '22' };
  const print = async (entries: Record<string, string>, boxes?: string): Promise<string> => {
    const table = boxes === undefined ? {} : { boxes: join(files({ 'b.csv': boxes }), 'b.csv') };
    return datasetFingerprint(await openDataset([files(entries)], table));
  };
  const first = await print(content);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await print(content)).toBe(first);
  const others = [
    await print({ 'a.jpg': '1', 'c.jpg': '22' }),
    await print({ 'a.jpg': '11', 'b.jpg': '2' }),
    await print(content, 'file,left,top,right,bottom\na.jpg,0,0,1,1'),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
});

function files(entries: Record<string, string | Uint8Array>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(entries)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function text(dataset: Awaited<ReturnType<typeof openDataset>>, index: number): Promise<string> {
  return Buffer.from(await readPicture(placeOf(dataset, index))).toString();
}
