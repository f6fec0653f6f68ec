// @sparnet/degrade from its tarball, in Node.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { apply, presets, sample } from '@sparnet/degrade';
import { resize } from '@sparnet/image';
import { decodeImage, writeImage } from '@sparnet/image/node';
import { fingerprints } from './fingerprints.js';

let photo;
before(async () => {
  photo = await decodeImage('photo.jpg');
});

function run(...args) {
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
}

test('a photo is degraded in five lines, by a recipe with noise and JPEG', async () => {
  run('five-lines.mjs');
  const { hr, lr, lrUp, parameters } = apply(photo, sample(presets.sparnethd, 42));
  assert.deepEqual(parameters.steps.map(({ op }) => op).slice(1), ['resize', 'noise', 'jpeg']);
  assert.deepEqual(await decodeImage('lr.png'), lr);
  assert.deepEqual(await decodeImage('lr-up.png'), lrUp);
  assert.deepEqual([hr.width, hr.height, lrUp.width, lrUp.height], [512, 512, 512, 512]);
  assert.ok(lr.width >= 16 && lr.width <= 128);
});

test('its command makes the same pixels in a worker', async () => {
  const options = ['--out', 'pairs', '--preset', 'sparnethd', '--seed', '42', '--workers', '2'];
  run('node_modules/@sparnet/degrade/dist/main.js', 'photo.jpg', ...options);
  const [line, ...others] = (await readFile('pairs/manifest.jsonl', 'utf8')).trim().split('\n');
  assert.equal(others.length, 0);
  const { lr, lrUp } = apply(photo, JSON.parse(line).parameters);
  assert.deepEqual(await decodeImage('pairs/lr/photo.png'), lr);
  assert.deepEqual(await decodeImage('pairs/lr-up/photo.png'), lrUp);
});

test('the fingerprints of every preset are written down for the browser', async () => {
  const face = resize(photo, { width: 160, height: Math.round((160 * photo.height) / photo.width) });
  await mkdir('public');
  await writeImage('public/photo.png', face);
  const found = await fingerprints(await decodeImage('public/photo.png'));
  assert.deepEqual(found, await fingerprints(face));
  assert.equal(Object.keys(found).length, 1 + 4 * Object.keys(presets).length);
  await writeFile('node-result.json', JSON.stringify(found));
});
