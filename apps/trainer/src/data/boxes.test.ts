import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBoxes } from './boxes.ts';
import { tempFolder } from './temp-folder.ts';

const header = 'file,left,top,right,bottom';

test('a table of boxes', async () => {
  const file = write(`\uFEFF${header}\r\na.jpg,1,2,30,40\r\nsub/b, c.png,0, 0, 7, 7\n\n`);
  expect([...(await readBoxes(file))]).toEqual([
    ['a.jpg', { left: 1, top: 2, right: 30, bottom: 40 }],
    ['sub/b, c.png', { left: 0, top: 0, right: 7, bottom: 7 }],
  ]);
});

test.each([
  ['a,1,2,3,4', 'line 1: expected the header file,left,top,right,bottom, got a,1,2,3,4'],
  [`${header}\na.jpg,1,2,3`, 'line 2: expected a file and four whole numbers'],
  [`${header}\na.jpg,1,2,3,4\nb.jpg,-1,2,3,4`, 'line 3: expected a file and four whole numbers'],
  [`${header}\na.jpg,1,2,3,4.5`, 'line 2: expected a file and four whole numbers'],
  [`${header}\na.jpg,5,2,5,4`, 'line 2: the box is empty'],
  [`${header}\na.jpg,1,2,3,4\na.jpg,1,2,3,4`, 'line 3: a second box for a.jpg'],
])('refuses %j', async (text, message) => {
  const file = write(text);
  await expect(readBoxes(file)).rejects.toThrow(`${file}, ${message}`);
  await expect(readBoxes(file)).rejects.toMatchObject({ code: 'bad-file' });
});

test('a missing table is named', async () => {
  await expect(readBoxes('/nowhere/boxes.csv')).rejects.toMatchObject({ code: 'missing-file' });
});

function write(text: string): string {
  const file = join(tempFolder(), 'boxes.csv');
  writeFileSync(file, text);
  return file;
}
