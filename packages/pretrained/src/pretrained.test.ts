import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { useEngine } from '@sparnet/engine';
import { enhance, loadModel } from '@sparnet/models';
import { pretrained } from '@sparnet/pretrained';
import { beforeAll, expect, test } from 'vitest';

const home = new URL('..', import.meta.url);
const models = Object.values(pretrained);

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

test.each(models)('$name is the file that was published, and enhances a face', async (published) => {
  const model = await loadModel(published);
  const side = model.config.outputSize / model.config.scale;
  const grey = {
    width: side,
    height: side,
    channels: 3,
    data: new Uint8Array(side * side * 3).fill(128),
  } as const;
  const face = await enhance(model, grey);
  expect([face.width, face.height]).toEqual([model.config.outputSize, model.config.outputSize]);
  model.dispose();
});

test.each(models)('$name has a card with its checksum', async ({ name, sha256, card }) => {
  const page = await readFile(new URL(card.page, home), 'utf8');
  expect(page).toContain(`\`${name}.safetensors\``);
  expect(page).toContain(sha256);
  expect(page).not.toMatch(/\/(?:work|tmp|home|root)\//);
  for (const part of ['## Network', '## Measured', '## Training', 'non-commercial'])
    expect(page).toContain(part);
});

test('nothing else lies in weights/; each file is below 25 MiB, all are below 60 MiB', async () => {
  const folder = fileURLToPath(new URL('weights', home));
  const files = (await readdir(folder)).toSorted();
  expect(files).toEqual(models.map(({ name }) => `${name}.safetensors`).toSorted());
  const sizes = await Promise.all(files.map(async (file) => (await stat(`${folder}/${file}`)).size));
  expect(Math.max(...sizes)).toBeLessThan(25 * 2 ** 20);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60 * 2 ** 20);
  for (const { url } of models) expect(existsSync(url)).toBe(true);
});

test('each model has an entry of its own, for pages that bundle one only', async () => {
  const { exports } = JSON.parse(await readFile(new URL('package.json', home), 'utf8')) as {
    exports: Record<string, object>;
  };
  for (const { name } of models) expect(exports[`./${name}`]).toHaveProperty('default', `./dist/${name}.js`);
});
