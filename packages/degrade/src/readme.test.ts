import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage, writeImage } from '@sparnet/image/node';
import { expect, onTestFinished, test } from 'vitest';
import { apply, checkRecipe, presets, sample } from './index.ts';
import { help } from './command/options.ts';
import { operations } from './recipe/operations.ts';
import { picture } from './picture-fixture.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the first example in the README degrades a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules/@sparnet'), { recursive: true });
  for (const name of ['degrade', 'image'])
    symlinkSync(
      fileURLToPath(new URL(`../../${name}`, import.meta.url)),
      join(folder, 'node_modules/@sparnet', name),
      'junction',
    );
  writeFileSync(join(folder, 'example.mjs'), /```javascript\n(.*?)```/s.exec(readme)![1]!);
  await writeImage(join(folder, 'face.jpg'), picture(40, 40));
  execFileSync(process.execPath, [...process.execArgv, 'example.mjs'], { cwd: folder });
  expect(await decodeImage(join(folder, 'lr-up.png'))).toMatchObject({ width: 512, height: 512 });
  expect((await decodeImage(join(folder, 'lr.png'))).width).toBeLessThanOrEqual(128);
});

test('the recipe in the README is one, and degrades', () => {
  const [, text] = /```json\n(.*?)```/s.exec(readme) ?? [];
  const recipe = checkRecipe(JSON.parse(text!));
  expect(apply(picture(30, 20), sample(recipe, 1)).lrUp).toMatchObject({ width: 512, height: 512 });
  const wrong = JSON.parse(text!.replace('"between": [1, 20]', '"between": [1, 999]')) as unknown;
  const message = /`(expected number .*?)`/.exec(readme)![1];
  expect(() => checkRecipe(wrong)).toThrow(message);
});

test('the README names every preset, every degradation and every option', () => {
  const options = help.match(/--\w+/g)!.filter((option) => !['--print', '--out'].includes(option));
  const names = [...Object.keys(presets), ...Object.keys(operations)].map((name) => `\`${name}\``);
  expect([...names, ...options].filter((name) => !readme.includes(name))).toEqual([]);
});
