import { isSparnetError } from '@sparnet/core';
import { commitUpdates, meanOverAll, resample, sweep, useEngine } from '@sparnet/engine';
import { formatSafetensors, parseWeights } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  createDiscriminator,
  discriminatorPreset,
  leastImageSize,
  resolveDiscriminatorConfig,
  type DiscriminatorConfigInput,
} from './index.ts';

const small: DiscriminatorConfigInput = { scales: 2, halvings: 2, baseChannels: 4, maxChannels: 8 };

beforeAll(async () => {
  await useEngine('cpu');
});

test('each scale gives a score a patch and the features of its layers', () => {
  const model = createDiscriminator(small);
  const before = tf.memory().numTensors;
  const x = tf.zeros<tf.Rank.R4>([2, 32, 24, 3]);
  const judgements = model.forward(x);
  expect(judgements.map(({ score }) => score.shape)).toEqual([
    [2, 6, 4, 1],
    [2, 2, 1, 1],
  ]);
  expect(judgements.map(({ features }) => features.map(({ shape }) => shape.join('x')))).toEqual([
    ['2x32x24x4', '2x16x12x8', '2x8x6x8'],
    ['2x16x12x4', '2x8x6x8', '2x4x3x8'],
  ]);
  expect(tf.memory().numTensors).toBe(before + 1 + 2 * 4);
  tf.dispose([x, judgements.map(({ score, features }) => [score, ...features])]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before - model.slots().length);
});

test('the second discriminator sees the image halved, with weights of its own', async () => {
  const [both, one] = [createDiscriminator(small, { seed: 2 }), createDiscriminator({ ...small, scales: 1 })];
  const second = Object.entries(await both.stateDict()).filter(([key]) => key.startsWith('D_pool.1.'));
  const first = await one.stateDict();
  one.loadStateDict(Object.fromEntries(second.map(([key, value]) => [key.replace('.1.', '.0.'), value])));
  expect(await one.stateDict()).not.toEqual(first);
  tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R4>([1, 32, 32, 3], -1, 1, 'float32', 4);
    const wanted = both.forward(x)[1]?.score.dataSync();
    const found = one.forward(resample(x, { mode: 'bicubic', scaleFactor: 0.5 }))[0]?.score.dataSync();
    expect(found).toEqual(wanted);
  });
  both.dispose();
  one.dispose();
});

test('keys are those of the released code', () => {
  const model = createDiscriminator({ ...small, scales: 1, halvings: 1 });
  expect(model.slots().map(({ name }) => name)).toEqual([
    'D_pool.0.model.0.conv2d.bias',
    'D_pool.0.model.0.conv2d.weight_orig',
    'D_pool.0.model.0.conv2d.weight_u',
    'D_pool.0.model.0.conv2d.weight_v',
    'D_pool.0.model.1.conv2d.weight_orig',
    'D_pool.0.model.1.conv2d.weight_u',
    'D_pool.0.model.1.conv2d.weight_v',
    'D_pool.0.model.1.norm.norm.weight',
    'D_pool.0.model.1.norm.norm.bias',
    'D_pool.0.score_out.conv2d.bias',
    'D_pool.0.score_out.conv2d.weight_orig',
    'D_pool.0.score_out.conv2d.weight_u',
    'D_pool.0.score_out.conv2d.weight_v',
  ]);
  model.dispose();
});

test('a discriminator comes back from a file', async () => {
  const [saved, loaded] = [createDiscriminator(small, { seed: 1 }), createDiscriminator(small, { seed: 2 })];
  const state = await saved.stateDict();
  loaded.loadStateDict(parseWeights(formatSafetensors(state)));
  expect(await loaded.stateDict()).toEqual(state);
  saved.dispose();
  loaded.dispose();
});

test('it learns to tell two images apart', () => {
  const model = createDiscriminator(small, { seed: 5 });
  const slots = model.slots().filter(({ kind }) => kind === 'parameter');
  const leaves = slots.map(({ variable }) => variable);
  const image = (seed: number): tf.Tensor4D => tf.randomUniform([1, 24, 24, 3], -1, 1, 'float32', seed);
  const [real, fake] = [image(1), image(2)];
  const gap = (training: boolean): tf.Scalar => {
    const mean = (x: tf.Tensor4D): tf.Scalar =>
      meanOverAll(model.forward(x, { training })[0]?.score as tf.Tensor4D);
    return tf.sub(mean(fake), mean(real));
  };
  // The power iterations of a few passes make the stored vectors true ones.
  for (let pass = 0; pass < 5; pass++) tf.tidy(() => void gap(true));
  const before = tf.tidy(() => gap(false).dataSync()[0] as number);
  for (let step = 0; step < 10; step++) {
    // Score by score: the real one up, the fake one down.
    for (const [x, sign] of [
      [real, 1],
      [fake, -1],
    ] as const) {
      const { loss, gradients, updates } = sweep(
        () => meanOverAll(model.forward(x, { training: true })[0]?.score as tf.Tensor4D),
        leaves,
      );
      commitUpdates(updates);
      tf.tidy(() => {
        for (const [index, variable] of leaves.entries())
          variable.assign(tf.add(variable, tf.mul(gradients[index] as tf.Tensor, 0.01 * sign)));
      });
      tf.dispose([loss, gradients]);
    }
  }
  const after = tf.tidy(() => gap(false).dataSync()[0] as number);
  expect(after).toBeLessThan(before);
  tf.dispose([real, fake]);
  model.dispose();
});

test('an image too small to be scored is refused, the smallest that is not is scored', () => {
  const model = createDiscriminator(small);
  const least = leastImageSize(model.config);
  expect(least).toBe(18);
  const images = [least - 1, least].map((size) => tf.zeros<tf.Rank.R4>([1, size, 24, 3]));
  const [short, enough] = images as [tf.Tensor4D, tf.Tensor4D];
  const before = tf.memory().numTensors;
  expect(() => model.forward(short)).toThrow(
    'at least 18x18 pixels for 2 discriminators of 2 halvings, got 24x17',
  );
  expect(tf.memory().numTensors).toBe(before);
  const last = tf.tidy(() => model.forward(enough).at(-1)?.score.shape);
  expect(last).toEqual([1, 1, 1, 1]);
  tf.dispose(images);
  model.dispose();
});

test('defaults are those of sparnethd; what is wrong is named', () => {
  expect(resolveDiscriminatorConfig({})).toEqual(discriminatorPreset('sparnethd'));
  expect(resolveDiscriminatorConfig({ norm: 'none', scales: undefined } as object)).toMatchObject({
    norm: 'none',
    scales: 3,
  });
  const refusals: [string, unknown][] = [
    ['an object for config, got null', null],
    ['for config key, got "num_D"', { num_D: 3 }],
    ['for architecture, got "sparnet"', { architecture: 'sparnet' }],
    ['for norm, got "in"', { norm: 'in' }],
    ['true or false for spectralNorm, got 1', { spectralNorm: 1 }],
    ['integer between 1 and 16 for scales, got 0', { scales: 0 }],
    ['integer between 0 and 16 for halvings, got 1.5', { halvings: 1.5 }],
    ['integer between 64 and 8192 for maxChannels, got 32', { maxChannels: 32 }],
    ['(not 48) for baseChannels, got 24', { norm: 'group', baseChannels: 24 }],
  ];
  for (const [message, input] of refusals) {
    let error: unknown;
    try {
      resolveDiscriminatorConfig(input as DiscriminatorConfigInput);
    } catch (caught) {
      error = caught;
    }
    expect(isSparnetError(error, 'bad-config')).toBe(true);
    expect((error as Error).message).toContain(message);
  }
});
