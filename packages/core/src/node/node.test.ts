import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makeFolder,
  nameOfTemporary,
  removeTemporaries,
  replaceFile,
  temporaryBeside,
  writeError,
} from '../node.ts';
import { SparnetError } from '../sparnet-error.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparnet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file is made or replaced, and nothing is left beside it', async () => {
  const file = join(folder, 'a.json');
  await replaceFile(file, 'old');
  await replaceFile(file, Uint8Array.of(110, 101, 119));
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('what cannot be written is said with the reason, and nothing is left', async () => {
  await expect(replaceFile(join(folder, 'none', 'a'), '')).rejects.toMatchObject({
    code: 'missing-file',
    message: `${join(folder, 'none', 'a')}: cannot be written, for the folder ${join(folder, 'none')} does not exist`,
  });
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken', 'inside'), '');
  await expect(replaceFile(join(folder, 'taken'), 'x')).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/taken: cannot be written \(.*\); free space or allow writing/) as string,
  });
  expect(readdirSync(folder)).toEqual(['taken']);
  const ours = new SparnetError('bad-image', 'too wide');
  expect(writeError('a.png', ours)).toBe(ours);
});

test('temporary names are new, lie beside their place and tell what they were to become', async () => {
  const [one, two] = [temporaryBeside(join(folder, 'a-b.png')), temporaryBeside(join(folder, 'a-b.png'))];
  expect(one).not.toBe(two);
  expect(dirname(one)).toBe(folder);
  expect(nameOfTemporary(basename(one))).toBe('a-b.png');
  expect(nameOfTemporary('a-b.png')).toBeUndefined();
  expect(nameOfTemporary('.tmp-a-b.png')).toBeUndefined();
  writeFileSync(one, 'half');
  mkdirSync(two);
  writeFileSync(join(folder, 'kept'), '');
  expect((await removeTemporaries(folder)).toSorted()).toEqual(
    [one, two].map((path) => basename(path)).toSorted(),
  );
  expect(readdirSync(folder)).toEqual(['kept']);
  expect(await removeTemporaries(join(folder, 'none'))).toEqual([]);
});

test('folders are made with those above them; one that is there is fine', async () => {
  const deep = join(folder, 'a/b/c');
  const made = await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(join(folder, 'a/d'))]);
  const all = ['a', 'a/b', 'a/b/c', 'a/d'].map((path) => join(folder, path));
  expect(made.flat().toSorted()).toEqual(all);
  expect(await makeFolder(deep)).toEqual([]);
  expect(await makeFolder(join(deep, 'e/f'))).toEqual([join(deep, 'e'), join(deep, 'e/f')]);
  rmSync(join(deep, 'e'), { recursive: true });
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
    'a',
    'a/b',
    'a/b/c',
    'a/d',
  ]);
  writeFileSync(join(folder, 'file'), '');
  for (const path of [join(folder, 'file'), join(folder, 'file/x'), '/proc/sparnet/x'])
    await expect(makeFolder(path)).rejects.toThrow(`${path}: this folder cannot be made (`);
});
