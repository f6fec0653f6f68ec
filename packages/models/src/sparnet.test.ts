import { useEngine } from '@sparnet/engine';
import { toFloat32, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createSparnet, type Sparnet, type SparnetConfigInput } from './index.ts';

test('a forward pass and a network leave no tensor behind', async () => {
  await useEngine('cpu');
  const before = tf.memory().numTensors;
  const model = createSparnet({ ...small, norm: 'none', block: 'cbam' });
  const variables = tf.memory().numTensors;
  const x = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
  for (const training of [false, true]) model.forward(x, { training }).dispose();
  expect(tf.memory().numTensors).toBe(variables + 1);
  x.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(['fau', 'channel-attention', 'cbam'] as const)('%s in the last blocks only', async (block) => {
  await useEngine('cpu');
  const model = createSparnet({ ...small, block, attentionBlocks: 1 });
  const attending = new Set(
    model
      .slots()
      .filter(({ name }) => name.includes('att_func'))
      .map(({ name }) => name.split('.att_func')[0]),
  );
  expect([...attending]).toEqual(['decoder.0']);
  model.dispose();
});

test('equal seeds give equal weights, other seeds others', async () => {
  await useEngine('cpu');
  const [a, b, c] = [1, 1, 2].map((seed) => createSparnet(small, { seed })) as [Sparnet, Sparnet, Sparnet];
  const key = 'decoder.0.conv1.conv2d.weight';
  const [first, second, third] = await Promise.all(
    [a, b, c].map(async (model) => (await model.stateDict())[key]),
  );
  expect(first).toEqual(second);
  expect(first).not.toEqual(third);
  const values = toFloat32(first as TensorData);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(deviation).toBeGreaterThan(0.018);
  expect(deviation).toBeLessThan(0.022);
  for (const model of [a, b, c]) model.dispose();
});

const small: SparnetConfigInput = {
  inputSize: 16,
  outputSize: 16,
  scale: 2,
  minFeatureSize: 8,
  minChannels: 8,
  maxChannels: 16,
  resDepth: 0,
  bottleneckSize: 4,
  hourglassDepth: 'feature-size',
  hourglassWidth: 8,
};
