// @sparnet/metrics from its tarball, in Node.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { flipHorizontal, resize } from '@sparnet/image';
import { decodeImage, writeImage } from '@sparnet/image/node';
import { psnr, ssim } from '@sparnet/metrics';
import { scores } from './scores.js';

let truth;
let guess;
before(async () => {
  const photo = await decodeImage('photo.jpg');
  truth = resize(photo, { width: 160, height: 120 });
  guess = resize(resize(truth, { width: 40, height: 30 }), { width: 160, height: 120 });
});

test('two folders are scored in five lines', async () => {
  await mkdir('truth');
  await mkdir('guess');
  for (const [name, turn] of [
    ['a.png', (image) => image],
    ['b.png', flipHorizontal],
  ]) {
    await writeImage(`truth/${name}`, turn(truth));
    await writeImage(`guess/${name}`, turn(guess));
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['five-lines.mjs'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal(lines[0], `a.png ${psnr(truth, guess)} ${ssim(truth, guess)}`);
  assert.ok(lines[1].startsWith('b.png ') && lines.length === 2);
});

test('the scores are written down for the browser', async () => {
  const found = scores(truth, guess);
  for (const { psnr: decibels, ssim: similarity } of Object.values(found)) {
    assert.ok(decibels > 15 && decibels < 45 && similarity > 0.3 && similarity < 1);
  }
  await mkdir('public');
  await writeImage('public/truth.png', truth);
  await writeImage('public/guess.png', guess);
  await writeFile('node-result.json', JSON.stringify(found));
});

test('what needs a tensor library says what to install', async () => {
  const { openFaceApi } = await import('@sparnet/metrics/faces');
  const { openLpips } = await import('@sparnet/metrics/lpips');
  for (const open of [openFaceApi, openLpips]) {
    await assert.rejects(open(), { code: 'missing-package', message: /npm install/ });
  }
});
