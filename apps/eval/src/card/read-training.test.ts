import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../eval-fixture.ts';
import { readTraining } from './read-training.ts';

test('of paths, whatever they hold, the last part is told; other settings stay', async () => {
  const recipe = { name: 'mine', source: 'a paper / equation 1', steps: [] };
  const network = { note: '{"a/b":1}', maxChannels: 64 };
  const { settings } = await readTraining([
    runWith({
      network,
      data: ['/tmp/x/anna secret', 'C:\\Users\\anna\\faces.tar', '\\\\server\\share\\more faces', 'plain'],
      val: ['/home/anna k/val/'],
      boxes: '/home/anna k/boxes.csv',
      init: 'D:/anna k/a.safetensors',
      degrade: recipe,
      loss: 'squared',
    }),
    runWith({ degrade: '/home/anna k/recipe.json' }),
  ]);
  expect(settings).toEqual([
    {
      network,
      data: ['anna secret', 'faces.tar', 'more faces', 'plain'],
      val: ['val'],
      boxes: 'boxes.csv',
      init: 'a.safetensors',
      degrade: recipe,
      loss: 'squared',
    },
    { degrade: 'recipe.json' },
  ]);
});

test('every setting that the trainer makes a whole path is shortened', async () => {
  const source = readFileSync(new URL('../../../trainer/src/whole-paths.ts', import.meta.url), 'utf8');
  const lists = source.match(/\[[^\][]*\] as const/g) ?? [];
  const keys = new Set(lists.join().match(/(?<=')\w+(?=')/g));
  expect(keys.size).toBeGreaterThanOrEqual(9);
  const { settings } = await readTraining([
    runWith(Object.fromEntries([...keys, 'out'].map((key) => [key, `/home/anna k/${key}`]))),
  ]);
  expect(settings).toEqual([Object.fromEntries([...keys, 'out'].map((key) => [key, key]))]);
});

test('a file in the place of a run, and settings that are none, are named', async () => {
  const file = join(tempFolder(), 'card.md');
  writeFileSync(file, '');
  await expect(readTraining([file])).rejects.toMatchObject({
    code: 'bad-file',
    message: `${file}: is no folder; name the folder that trainer train --out made`,
  });
  const folder = tempFolder();
  mkdirSync(join(folder, 'config.json'));
  await expect(readTraining([folder])).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(`${folder}: can't be read as a training run`) as string,
  });
  for (const settings of [null, [], 'text'])
    await expect(readTraining([runWith(settings)])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('expected an object with the settings') as string,
    });
});

test('a validation between two lines of the log has the images and hours between theirs', async () => {
  const folder = runWith({});
  const train = { split: 'train', epoch: 0, loss: {}, lr: 1, imagesPerSecond: 2 };
  const val = { split: 'val', protocol: 'sparnet', psnr: 25, ssim: 0.7, bicubic: { psnr: 24, ssim: 0.6 } };
  const lines = [
    { ...train, step: 20, images: 320 },
    { ...val, step: 30 },
    { ...train, step: 40, images: 640 },
    { ...val, step: 40 },
    { ...train, step: 60, images: 960 },
    { ...val, step: 60 },
  ];
  writeFileSync(join(folder, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { curve, hours } = await readTraining([folder]);
  expect(curve.map(({ step, images }) => [step, images])).toEqual([
    [30, 480],
    [40, 640],
    [60, 960],
  ]);
  expect(curve.map((point) => point.hours * 3600)).toEqual(
    [240, 320, 480].map((s) => expect.closeTo(s, 6) as number),
  );
  expect(hours * 3600).toBeCloseTo(480, 6);
});

function runWith(settings: unknown): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'config.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'metrics.jsonl'), '');
  return folder;
}
