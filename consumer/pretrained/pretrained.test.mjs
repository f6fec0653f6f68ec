// @sparnet/pretrained from its tarball, in Node.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { useEngine } from '@sparnet/engine';
import { resize } from '@sparnet/image';
import { decodeImage, writeImage } from '@sparnet/image/node';
import { enhance, loadModel } from '@sparnet/models';
import { pretrained } from '@sparnet/pretrained';
import { sparnetX8Tiny } from '@sparnet/pretrained/sparnet-x8-tiny';
import { sparnethd128 } from '@sparnet/pretrained/sparnethd-128';
import { digest } from './digest.js';

const results = {};

before(async () => {
  const photo = await decodeImage('photo.jpg');
  await mkdir('public');
  await writeImage('public/face.png', resize(photo, { width: 48, height: 48 }));
});

after(() => writeFile('node-result.json', JSON.stringify(results)));

test('twelve lines make a better face', async () => {
  const done = spawnSync(process.execPath, ['twelve-lines.mjs'], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  const better = await decodeImage('better.png');
  assert.deepEqual([better.width, better.height], [128, 128]);
  results.general = await digest(better);
});

test('so does the model that is small enough for a page', async () => {
  await useEngine('wasm');
  const model = await loadModel(sparnetX8Tiny);
  const better = await enhance(model, await decodeImage('public/face.png'));
  assert.deepEqual([better.width, better.height], [128, 128]);
  results.tiny = await digest(better);
});

test('a model alone is what the list of all has, and its card is there', async () => {
  assert.deepEqual(sparnethd128, pretrained['sparnethd-128']);
  const require = createRequire(import.meta.url);
  const card = await readFile(require.resolve(`@sparnet/pretrained/${sparnethd128.card.page}`), 'utf8');
  assert.ok(card.includes(sparnethd128.sha256));
});

test('the page finds the WebAssembly files of tfjs', async () => {
  const require = createRequire(import.meta.url);
  const dist = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  const files = (await readdir(dist)).filter((file) => file.endsWith('.wasm'));
  assert.ok(files.length > 0);
  for (const file of files) await cp(join(dist, file), join('public', file));
});
