import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flipHorizontal, resize } from '@sparnet/image';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Comparison } from '../compare-results.ts';
import { folderOf, pictures, tempFolder } from '../eval-fixture.ts';
import { compareCommand } from './compare.ts';
import { evaluateCommand } from './evaluate.ts';
import { mergeCommand } from './merge.ts';

let stdout = '';
beforeEach(() => {
  stdout = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const on = new AbortController().signal;

test('folders and results are compared in one table; shards are merged', async () => {
  const faces = pictures(4);
  const hr = await folderOf(faces);
  const changed = (change: (image: (typeof faces)[string]) => (typeof faces)[string]) =>
    folderOf(Object.fromEntries(Object.entries(faces).map(([name, image]) => [name, change(image)])));
  const flipped = await changed(flipHorizontal);
  const soft = await changed((image) =>
    resize(resize(image, { width: 16, height: 16 }), { width: 32, height: 32 }),
  );
  const out = tempFolder();
  const file = (name: string): string => join(out, name);
  const evaluate = (...argv: string[]) =>
    evaluateCommand.run(['--model', 'bicubic', '--hr', hr, '--workers', '1', ...argv], on);
  expect(await evaluate('--shard', '1/2', '--json', file('1.json'))).toBe(0);
  expect(await evaluate('--shard', '2/2', '--json', file('2.json'))).toBe(0);
  expect(await mergeCommand.run([file('1.json'), file('2.json'), '--json', file('all.json')], on)).toBe(0);
  stdout = '';
  const methods = ['--sr', `flipped=${flipped}`, `soft=${soft}`, '--from', file('all.json')];
  const argv = ['--hr', hr, ...methods, '--workers', '1', '--json', file('compared.json')];
  expect(await compareCommand.run(argv, on)).toBe(0);
  expect(stdout).toMatch(/^4 pictures, protocol sparnet, border 0; best: \*\n/);
  expect(stdout).toMatch(/^soft +\d+\.\d{4} \* +0\.\d{6} \*$/m);
  const comparison = JSON.parse(readFileSync(file('compared.json'), 'utf8')) as Comparison;
  expect(comparison.best).toEqual({ psnr: ['soft'], ssim: ['soft'] });
  expect(comparison.differences).toHaveLength(6);
  // Four differences of one sign are 2 of 16 patterns, the least that four can give; Holm's factor is 3.
  const pair = comparison.differences.find(({ a, b }) => a === 'flipped' && b === 'soft');
  expect(pair).toMatchObject({ count: 4, p: 0.125, pHolm: 0.375 });
});

test.each([
  [[], /at least two methods/],
  [['--sr', 'a=x', 'b=y'], /--hr/],
  [['--hr', 'x', '--sr', 'a', 'b=y'], /NAME=DIR for --sr, got "a"/],
  [['--hr', 'x', '--sr', 'a=x', 'a=y'], /a name of its own for each method for --sr, got "a"/],
  [['--hr', 'x', '--from', 'a', 'b'], /--sr NAME=DIR/],
])('refused: %j', async (argv, message) => {
  await expect(compareCommand.run(argv, on)).rejects.toThrow(message);
});

test('a file that is no result is named', async () => {
  const file = join(tempFolder(), 'a.json');
  writeFileSync(file, '{"format":"other"}');
  await expect(compareCommand.run(['--from', file, file], on)).rejects.toThrow(`${file}: expected`);
});
