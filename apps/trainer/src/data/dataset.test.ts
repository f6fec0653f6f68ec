import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { datasetFingerprint } from './dataset-fingerprint.ts';
import { openDataset, placeOf } from './dataset.ts';
import { tempFolder } from './temp-folder.ts';

test('boxes belong to whole names before file names; the others have none', async () => {
  const folder = files({ 'a/1.jpg': '', 'b/1.jpg': '', '2.jpg': '' });
  const table = files({
    'boxes.csv': 'file,left,top,right,bottom\n1.jpg,0,0,5,5\nb/1.jpg,1,2,3,4\nnone.jpg,0,0,1,1\n',
  });
  const dataset = await openDataset([folder], { boxes: join(table, 'boxes.csv') });
  expect(dataset.boxed).toBe(2);
  expect(structuredClone(dataset)).toEqual(dataset);
  expect(dataset.names.map((_, index) => placeOf(dataset, index).box)).toEqual([
    undefined,
    { left: 0, top: 0, right: 5, bottom: 5 },
    { left: 1, top: 2, right: 3, bottom: 4 },
  ]);
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
