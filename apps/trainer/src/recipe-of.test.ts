import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '@sparnet/degrade';
import { expect, test } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import { recipeOf, withRecipe } from './recipe-of.ts';

const recipe = { steps: [{ op: 'resize', shrink: 4 }] };

test('a name, a file and a recipe itself become the recipe; all presets fit all sizes', async () => {
  const file = recipeFile(JSON.stringify(recipe));
  for (const degrade of [file, recipe]) expect((await withRecipe({ degrade })).degrade).toEqual(recipe);
  expect(await withRecipe({ lr: 1 })).toEqual({ lr: 1 });
  for (const [name, preset] of Object.entries(presets)) {
    const config = await withRecipe({ degrade: name });
    expect(config.degrade).toEqual(preset);
    expect(recipeOf({ degrade: JSON.parse(JSON.stringify(config.degrade)) }, 16)).toEqual(preset);
  }
  expect(recipeOf({}, 16)).toBeUndefined();
});

test.each([
  [
    'sparnet-hd',
    /degrade: expected one of bicubic-x4, .*real-esrgan or the file of a recipe, got "sparnet-hd"/,
  ],
  ['{"steps": [', /recipe\.json: .*JSON/],
  [
    '{"steps": [{"op": "noise", "sigma": {"between": [1, 999]}}]}',
    /recipe\.json: .*recipe\.steps\[0\]\.sigma\.between\[1\], got 999/,
  ],
])('%j is refused', async (content, message) => {
  const degrade = content.startsWith('{') ? recipeFile(content) : content;
  await expect(withRecipe({ degrade })).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(message) as string,
  });
});

test('a recipe that cannot be applied in the size of the network is refused, with the reason', () => {
  const degrade = { name: 'huge', steps: [{ op: 'resize', size: 60_000 }] };
  expect(() => recipeOf({ degrade }, 64)).toThrow(
    /the recipe huge can't be applied to faces of 64x64 pixels: 60000 x 60000 pixels are more than/,
  );
  expect(() => recipeOf({ degrade }, 64)).toThrow(expect.objectContaining({ code: 'bad-config' }));
});

function recipeFile(content: string): string {
  const file = join(tempFolder(), 'recipe.json');
  writeFileSync(file, content);
  return file;
}
