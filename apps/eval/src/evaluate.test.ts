import { applyAtOwnSize, presets, sample, type Recipe } from '@sparnet/degrade';
import { flipHorizontal, resize, type Image } from '@sparnet/image';
import { psnr, ssim } from '@sparnet/metrics';
import { createSparnet } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import { useEngine } from '@sparnet/engine';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkResult } from './check-result.ts';
import { folderOf, picture, pictures, tempFolder } from './eval-fixture.ts';
import type { EvaluateOptions } from './evaluate-options.ts';
import { evaluate } from './evaluate.ts';
import { mergeResults } from './merge-results.ts';

const limit = { timeout: 180_000 }; // threads on two shared cores

/** Draws something for each picture, and is quick. */
const noisy: Recipe = {
  steps: [
    { op: 'resize', shrink: 4 },
    { op: 'noise', sigma: { between: [0, 20] } },
  ],
};

const bicubic = (image: Image, scale: number): Image => {
  const lr = resize(image, { width: image.width / scale, height: image.height / scale });
  return resize(lr, { width: image.width, height: image.height });
};

test('bicubic has the scores of the packages, whatever the number of threads', async () => {
  const faces = pictures(5);
  const options = {
    model: 'bicubic',
    hr: await folderOf(faces),
    scale: 4,
    protocol: 'rgb',
    border: 2,
  } as const;
  const result = await evaluate({ ...options, workers: 2 });
  expect(result.images).toEqual(
    Object.entries(faces).map(([name, hr]) => ({
      name: name.replace('.png', ''),
      psnr: psnr(bicubic(hr, 4), hr, { protocol: 'rgb', border: 2 }),
      ssim: ssim(bicubic(hr, 4), hr, { protocol: 'rgb', border: 2 }),
    })),
  );
  const mean = result.images.reduce((sum, row) => sum + (row['psnr'] as number), 0) / 5;
  expect(result).toMatchObject({ name: 'bicubic', scale: 4, count: 5, fitted: 0, skipped: [] });
  expect(result.summary['psnr']?.mean).toBe(mean);
  expect(await evaluate({ ...options, workers: 1 })).toEqual(result);
});

test('shards, put together in any order, are one pass to the last digit', limit, async () => {
  const options: EvaluateOptions = {
    ...{ model: 'bicubic', hr: await folderOf({ ...pictures(11), '03.png': 'no picture' }), scale: 4 },
    ...{ workers: 1, limit: 9, gallery: 2, errorMaps: true },
    degrade: { name: 'noisy', recipe: noisy, seed: 3 },
  };
  const whole = await evaluate(options);
  const shards = [];
  for (const index of [2, 3, 1]) {
    const result = await evaluate({ ...options, shard: { index, of: 3 } });
    shards.push({ source: `${index}.json`, result });
  }
  const merged = mergeResults(shards);
  const best = (entries: typeof whole.gallery) => entries.filter(({ place }) => place !== 'median');
  expect({ ...merged, gallery: best(merged.gallery) }).toEqual({ ...whole, gallery: best(whole.gallery) });
  expect(Object.keys(merged)).toEqual(Object.keys(whole));
  expect(whole.skipped.map(({ name }) => name)).toEqual(['03']);
  expect(whole.gallery).toHaveLength(6);
  expect(merged.gallery).toHaveLength(6);
  expect(whole.errorMaps?.map(({ metric, count }) => [metric, count])).toEqual([
    ['psnr', 8],
    ['ssim', 8],
  ]);
  expect(checkResult(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
});

test('equal pictures have an infinite PSNR, and nothing is NaN', async () => {
  const faces = pictures(3);
  const hr = await folderOf(faces);
  const equal = await evaluate({ sr: hr, hr, workers: 1 });
  expect(equal.summary['psnr']).toEqual({
    ...{ count: 3, mean: 'Infinity', std: null, median: 'Infinity', min: 'Infinity', max: 'Infinity' },
    ci95: ['Infinity', 'Infinity'],
  });
  expect(equal.summary['ssim']).toMatchObject({ mean: 1, std: 0, ci95: [1, 1] });

  const sr = await folderOf({ ...faces, '01.png': flipHorizontal(faces['01.png']!) });
  const mixed = await evaluate({ sr, hr, workers: 1 });
  expect(mixed.images.map((row) => row['psnr'])).toEqual(['Infinity', expect.any(Number), 'Infinity']);
  expect(mixed.summary['psnr']).toMatchObject({ mean: 'Infinity', min: mixed.images[1]?.['psnr'] });
  expect(JSON.stringify(mixed)).not.toMatch(/NaN|:null(?!,"median|})/);
});

test('pictures belong together by name; endings and a folder around may differ', async () => {
  const face = picture(1);
  const hr = await folderOf({ 'b.png': face, 'a.png': face });
  const scores = async (sr: string) => (await evaluate({ sr, hr, workers: 1 })).count;
  expect(await scores(await folderOf({ 'x/a.png': face, 'x/b.webp': face }))).toBe(2);
  await expect(scores(await folderOf({ 'a.png': face, 'c.png': face, 'd.png': face }))).rejects.toThrow(
    /^the pictures don't belong together: \S+ lacks b; \S+ lacks c, d\. /,
  );
  await expect(scores(await folderOf({ 'a.png': face, 'a.jpg': face, 'b.png': face }))).rejects.toThrow(
    /a\.jpg and a\.png are both called a/,
  );
});

test('LR pictures that are given are used; those of other proportions are skipped', async () => {
  const faces = pictures(3);
  const lr = Object.fromEntries(
    Object.entries(faces).map(([name, image]) => [name, resize(image, { width: 4, height: 4 })]),
  );
  const options = { model: 'bicubic', hr: await folderOf(faces), workers: 1 };
  const made = await evaluate({ ...options, scale: 8 });
  const given = await evaluate({ ...options, lr: await folderOf(lr) });
  expect(given.images).toEqual(made.images);
  expect(given.scale).toBe(8);
  const { '02.png': face } = faces;
  const varied = await folderOf({ ...lr, '02.png': resize(face!, { width: 8, height: 8 }) });
  expect(await evaluate({ ...options, lr: varied })).not.toHaveProperty('scale');
  const odd = await folderOf({ ...lr, '00.png': picture(0, 4, 8) });
  const { skipped } = await evaluate({ ...options, lr: odd });
  expect(skipped).toEqual([{ name: '00', reason: expect.stringContaining('4 x 8') as string }]);
});

test('a model measures at its own size, to which photographs are brought', async () => {
  const network = {
    inputSize: 8,
    outputSize: 16,
    scale: 2,
    minFeatureSize: 8,
    minChannels: 4,
    maxChannels: 8,
    hourglassWidth: 4,
    hourglassDepth: 'feature-size',
  } as const;
  const file = join(tempFolder(), 'tiny.safetensors');
  const engine = await useEngine('wasm');
  const model = createSparnet({ ...network, resDepth: -3 }, { seed: 3 });
  // First weights are so small that all outputs are grey.
  const state = await model.stateDict();
  for (const tensor of Object.values(state)) {
    if (tensor.dtype === 'F32') tensor.data = tensor.data.map((value) => value * 8);
  }
  model.loadStateDict(state);
  await saveModel(model, file);
  model.dispose();
  engine.dispose();
  const hr = await folderOf({ 'a.png': picture(0, 16), 'b.png': picture(1, 20, 24) });
  const result = await evaluate({ model: file, hr, engine: 'wasm', workers: 1, gallery: 1 });
  expect(result).toMatchObject({ name: 'tiny.safetensors', scale: 2, count: 2, fitted: 1 });
  expect(result.inputs).toEqual({ model: file, hr, size: 16, engine: 'wasm' });
  expect(result.gallery.map(({ sr }) => sr.slice(0, 22))).toEqual(Array(2).fill('data:image/png;base64,'));
  const flipped = await evaluate({ model: file, hr, engine: 'wasm', workers: 1, ensemble: 'flip' });
  expect(flipped.inputs).toEqual({ ...result.inputs, ensemble: 'flip' });
  expect(checkResult(JSON.parse(JSON.stringify(flipped)))).toEqual(flipped);
  expect(flipped.images).not.toEqual(result.images);
  const other = evaluate({ model: file, hr, engine: 'wasm', workers: 1, scale: 4 });
  await expect(other).rejects.toThrow(/has the scale 2, not 4/);
});

test('a model that restores is not measured on pictures that nothing was done to', async () => {
  const hr = await folderOf({ 'a.png': picture(0, 128) });
  const options = { model: 'sparnethd-128', hr, engine: 'wasm', workers: 1 } as const;
  await expect(evaluate(options)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringMatching(/^sparnethd-128 restores degraded pictures.*--degrade.*--lr/) as string,
  });
  const degrade = { name: 'noisy', recipe: noisy, seed: 0 };
  expect(await evaluate({ ...options, degrade })).toMatchObject({ count: 1, name: 'sparnethd-128' });
});

test('saved pictures never take the place of what is read, and of others only when that is allowed', async () => {
  const top = await folderOf({ 'in/z.png': picture(0), 'in/in/z.png': picture(1), 'sr/other.txt': '' });
  const [hr, before] = [join(top, 'in'), readFileSync(join(top, 'in', 'z.png'))];
  const options = { model: 'bicubic', hr, scale: 4, workers: 1 };
  for (const overwrite of [false, true])
    await expect(evaluate({ ...options, save: top, overwrite })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(
        /^--save \S+ would write over .* \S+in\/z\.png: in\/z would become/,
      ) as string,
    });
  expect(readFileSync(join(hr, 'z.png'))).toEqual(before);
  const save = join(top, 'sr');
  await evaluate({ ...options, save });
  const again = evaluate({ ...options, save });
  await expect(again).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringMatching(
      /z\.png and 1 more results are there already.*--save, or .*--overwrite/,
    ) as string,
  });
  await evaluate({ ...options, save, overwrite: true });
});

test('what no picture allows is an error that names the first', async () => {
  const hr = await folderOf(pictures(2, 30));
  await expect(evaluate({ model: 'bicubic', hr, workers: 1 })).rejects.toMatchObject({
    code: 'no-data',
    message: expect.stringMatching(/^none of the 2 pictures .* 00: 30 x 30 .*--size N/) as string,
  });
  expect((await evaluate({ model: 'bicubic', hr, workers: 1, size: 16 })).fitted).toBe(2);
  const sizes = await folderOf({ 'a.png': picture(0, 32), 'b.png': picture(1, 16) });
  await expect(evaluate({ model: 'bicubic', hr: sizes, workers: 1, errorMaps: true })).rejects.toThrow(
    /^error maps need pictures of one size .* got \d+ x \d+\); --size N/,
  );
});

test('degradation depends on seed and picture, and input is LR-UP as the recipe makes it', async () => {
  const options = { hr: await folderOf(pictures(3)), workers: 1 };
  const degrade = (seed: number) => ({ name: 'noisy', recipe: noisy, seed });
  const one = await evaluate({ ...options, model: 'input', degrade: degrade(1) });
  expect(one).not.toHaveProperty('scale');
  expect(await evaluate({ ...options, model: 'input', degrade: degrade(1) })).toEqual(one);
  expect((await evaluate({ ...options, model: 'input', degrade: degrade(2) })).images).not.toEqual(
    one.images,
  );
});

test("a recipe stated for another size degrades there; scores are in the pictures' own size", async () => {
  const recipe: Recipe = { hr: { width: 64, height: 64 }, steps: [{ op: 'resize', shrink: 4 }] };
  const faces = pictures(2);
  const options = { model: 'bicubic', size: 32, hr: await folderOf(faces), workers: 1 };
  const result = await evaluate({ ...options, degrade: { name: 'large', recipe, seed: 0 } });
  expect(result.inputs.size).toBe(32);
  const expected = Object.values(faces).map((hr) => {
    const lr = applyAtOwnSize(hr, sample(recipe, 0, 0)).lr;
    expect([lr.width, lr.height]).toEqual([16, 16]);
    return psnr(resize(lr, { width: 32, height: 32 }), hr);
  });
  expect(result.images.map((row) => row['psnr'])).toEqual(expected);
});

test('a model file that is not there is named once, with what to name', async () => {
  const asked = evaluate({ model: '/nowhere/a.safetensors', hr: await folderOf(pictures(1)), workers: 1 });
  await expect(asked).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringMatching(/^no model file \/nowhere\/a\.safetensors; (?!.*nowhere)/) as string,
  });
});

test.each<[string, Partial<EvaluateOptions>, RegExp]>([
  ['no method', {}, /either a model \(--model\) or SR pictures/],
  ['two methods', { model: 'bicubic', sr: 'x' }, /either a model/],
  ['an ensemble of no network', { model: 'bicubic', ensemble: 'flip' }, /outputs of a network \(--model/],
  ['no metric', { model: 'bicubic', metrics: [] }, /psnr, ssim/],
  ['an unknown metric', { model: 'bicubic', metrics: ['psnr', 'mos'] }, /lpips-squeeze.*"mos"/],
  [
    'a shard beyond the last',
    { model: 'bicubic', shard: { index: 3, of: 2 } },
    /between 1 and 2 for shard, got 3/,
  ],
  [
    'two sources of LR',
    { model: 'bicubic', lr: 'x', degrade: { name: '', recipe: presets.gfpgan, seed: 0 } },
    /not both/,
  ],
  ['overwriting where nothing is saved', { model: 'bicubic', overwrite: true }, /give --save too/],
  ['saving what is there', { sr: 'x', save: 'y' }, /leave --save out/],
])('refused: %s', async (_, options, message) => {
  await expect(evaluate({ hr: '/nowhere', ...options })).rejects.toThrow(message);
});
