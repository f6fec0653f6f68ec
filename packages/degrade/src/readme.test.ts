import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apply, checkRecipe, presets, sample } from './index.ts';
import { help } from './command/options.ts';
import { operations } from './recipe/operations.ts';
import { picture } from './picture-fixture.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

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
