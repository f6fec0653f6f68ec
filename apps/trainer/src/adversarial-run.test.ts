import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSafetensors } from '@sparnet/weights';
import { expect, test } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import type { TrainConfig } from './options.ts';
import { modelOf, pictureFolder, timeless, tinyRun } from './run-fixture.ts';
import { resume, train } from './train.ts';

const recipe = { steps: [{ op: 'gaussian', sigma: { between: [0.5, 2] } }] };

/** A run of the recipe of SPARNetHD, small; pictures of 32x32 pixels. */
async function smallRun(changes: Partial<TrainConfig> = {}): Promise<Partial<TrainConfig> & { out: string }> {
  return {
    ...(await tinyRun()),
    preset: 'sparnethd-128',
    network: {
      inputSize: 32,
      outputSize: 32,
      minChannels: 4,
      maxChannels: 8,
      resDepth: -2,
      hourglassWidth: 4,
      minFeatureSize: 16,
      bottleneckSize: 16,
    },
    discriminator: { scales: 2, halvings: 1, baseChannels: 4, maxChannels: 8 },
    degrade: recipe,
    perceptualWeight: 0,
    lr: 1e-3,
    discriminatorLr: 4e-3,
    batch: 3,
    shard: 2,
    steps: 6,
    saveEvery: 2,
    schedule: 'constant',
    warmup: 0,
    clip: 0,
    ...changes,
  };
}

test('an adversarial run that stops, and goes on with another number of workers, ends with the same bits', async () => {
  const whole = await smallRun({ val: [await pictureFolder(2)], valEvery: 3, workers: 2 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), workers: 1 };
  const { dir, quality } = await train(whole);
  const stop = new AbortController();
  const say = (message: string): void => void (/^step 3:/.test(message) && stop.abort());
  expect(await train(stopped, { say, signal: stop.signal })).toMatchObject({ end: 'interrupted', steps: 3 });
  expect(await resume(stopped.out, { workers: 2 })).toMatchObject({ end: 'done', quality });
  expect(timeless(stopped.out)).toEqual(timeless(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
  for (const file of ['model', 'ema', 'optimizer', 'discriminator', 'discriminator-optimizer'])
    expect(saved(stopped.out, file)).toEqual(saved(dir, file));
});

test('it logs every term, the scores and both learning rates; both players and the average learn', async () => {
  const options = await smallRun();
  await train(options);
  const [line] = timeless(options.out);
  expect(line).toMatchObject({ lr: 1e-3, discriminatorLr: 4e-3 });
  const { loss, game } = line as { loss: Record<string, number>; game: Record<string, number> };
  expect(Object.keys(loss)).toEqual(['pixel', 'adversarial', 'featureMatching', 'discriminator']);
  expect(Object.keys(game)).toEqual(['real', 'fake', 'contrast']);
  expect(Object.values({ ...loss, ...game }).every(Number.isFinite)).toBe(true);
  for (const file of ['model', 'ema', 'discriminator']) {
    const [before, after] = [saved(options.out, file, 4), saved(options.out, file)];
    const filter = Object.keys(before.tensors).find((key) => key.endsWith('weight_orig')) as string;
    expect(after.tensors[filter]).not.toEqual(before.tensors[filter]);
    const vector = filter.replace('weight_orig', 'weight_u');
    expect(after.tensors[vector]).not.toEqual(before.tensors[vector]);
  }
});

test('without the adversarial term there are no discriminators; nothing to learn from is refused', async () => {
  const options = await smallRun({ adversarialWeight: 0, steps: 1 });
  await train(options);
  expect(Object.keys((timeless(options.out)[0] as { loss: object }).loss)).toEqual(['pixel']);
  expect(() => saved(options.out, 'discriminator', 1)).toThrow('ENOENT');
  await expect(train(await smallRun({ adversarialWeight: 0, pixelWeight: 0 }))).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/nothing to learn from/),
  });
  await expect(train(await smallRun({ discriminator: { scales: 0 } }))).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/^discriminator: .*scales/),
  });
  await expect(train(await smallRun({ discriminator: { scales: 3, halvings: 4 } }))).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/^discriminator: expected fewer halvings .* at least 132, got/),
  });
});

test('files to start from that would be read in vain are refused; a wrong one is named with its flag', async () => {
  const options = await smallRun({ steps: 1 });
  await train(options);
  const training = join(options.out, 'training.safetensors');
  const init = join(options.out, 'model.safetensors');
  const refusals: [Parameters<typeof smallRun>[0], RegExp][] = [
    [{ initTraining: training, init }, /^initTraining has both players/],
    [{ adversarialWeight: 0, discriminatorInit: training }, /^there are no discriminators to start/],
    [{ discriminatorInit: join(options.out, 'none') }, /none: can't be read; check --discriminator-init/],
    [{ discriminatorInit: training }, /training\.safetensors is for --init-training$/],
  ];
  for (const [changes, message] of refusals)
    await expect(train(await smallRun(changes))).rejects.toThrow(message);
});

test('a perceptual network without weights names the file that is missing', async () => {
  const missing = join(tempFolder(), 'vgg19.pth');
  await expect(
    train(await smallRun({ perceptualWeight: 1, perceptualWeights: missing })),
  ).rejects.toMatchObject({
    code: 'missing-file',
    message: expect.stringMatching(new RegExp(`${missing}.*--perceptual lpips-squeeze`)),
  });
});

test('blocks that are computed again give the same bits', async () => {
  const plain = await smallRun({ steps: 2 });
  const again = { ...plain, out: join(tempFolder(), 'run'), checkpointing: true };
  await train(plain);
  await train(again);
  expect(modelOf(again.out).equals(modelOf(plain.out))).toBe(true);
});

test('the file beside the model lets another run go on with both players and their Adam', async () => {
  const short = await smallRun({ steps: 2 });
  await train(short);
  const training = join(short.out, 'training.safetensors');
  const { tensors, metadata } = parseSafetensors(readFileSync(training));
  expect(metadata).toEqual({ steps: '2' });
  const other = { ...short, out: join(tempFolder(), 'run'), initTraining: training, steps: 1 };
  await train(other);
  const key = 'discriminator.D_pool.0.model.0.conv2d.weight_orig';
  const after = parseSafetensors(readFileSync(join(other.out, 'training.safetensors')));
  expect(after.metadata).toEqual({ steps: '3' });
  expect(Object.keys(after.tensors)).toEqual(Object.keys(tensors));
  expect(after.tensors[key]).not.toEqual(tensors[key]);
  const change = (at: string): number => {
    const [from, to] = [tensors[at], after.tensors[at]].map((tensor) => tensor?.data as Float32Array);
    return Math.max(
      ...Array.from(to as Float32Array, (value, i) =>
        Math.abs(value - ((from as Float32Array)[i] as number)),
      ),
    );
  };
  // With moments of two steps behind it, Adam's step is about its learning rate, not many times that.
  expect(change(key)).toBeLessThan(4e-3 * 2);

  await expect(
    train({ ...other, out: join(tempFolder(), 'run'), discriminator: { scales: 1, baseChannels: 4 } }),
  ).rejects.toMatchObject({ code: 'bad-config', message: expect.stringContaining(training) });
});

function saved(dir: string, file: string, step = 6) {
  const folder = join(dir, 'checkpoints', `step-${String(step).padStart(8, '0')}`);
  return parseSafetensors(readFileSync(join(folder, `${file}.safetensors`)));
}
