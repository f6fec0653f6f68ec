import { join } from 'node:path';
import { useEngine } from '@sparnet/engine';
import { createSparnet } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tempFolder } from '../data/temp-folder.ts';
import { networkConfig } from '../network-config.ts';
import { tinyNetwork } from '../run-fixture.ts';
import type { Objective } from './objective.ts';
import { openGame } from './open-game.ts';
import { openTeacher } from './open-teacher.ts';
import { shardGradients, type Game } from './shard-gradients.ts';

const network = networkConfig({ preset: 'sparnet-v16', network: tinyNetwork, scale: 8 });

let dispose: () => void;
beforeAll(async () => ({ dispose } = await useEngine('cpu')));
afterAll(() => dispose());

test('a teacher is a second target: of the truth it is the same loss again, and leaves no tensor', async () => {
  const objective: Objective = {
    pixel: { kind: 'squared', reduction: 'mean', weight: 1 },
    checkpointing: false,
  };
  const game = await openGame({ network, seed: 1, objective });
  const values = new Float32Array(game.generator.table.total);
  game.generator.initialise(values);
  game.generator.load(values);
  const [input, target] = [8, 16].map((side, seed) =>
    tf.randomUniform<tf.Rank.R4>([2, side, side, 3], -1, 1, 'float32', seed),
  ) as [tf.Tensor4D, tf.Tensor4D];
  const alone = gradientsOf(game, input, target);
  const before = tf.memory().numTensors;
  const taught = { ...objective, teacher: { file: 'the truth', weight: 0.5 } };
  const both = gradientsOf({ ...game, objective: taught, teacher: () => target.clone() }, input, target);
  expect(tf.memory().numTensors).toBe(before);

  expect(both.terms['pixel']).toBe(alone.terms['pixel']);
  expect(both.terms['teacher']).toBeCloseTo(0.5 * (alone.terms['pixel'] as number), 6);
  const largest = Math.max(...alone.values.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  for (const [index, value] of both.values.entries())
    expect(Math.abs(value - 1.5 * (alone.values[index] as number))).toBeLessThan(1e-5 * largest);
});

test('it answers as the model of its file, which must have the same sizes', async () => {
  const file = join(tempFolder(), 'teacher.safetensors');
  const model = createSparnet(network, { seed: 4 });
  await saveModel(model, file);
  const teacher = await openTeacher(file, network);
  const input = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], -1, 1, 'float32', 3);
  const [found, wanted] = [teacher(input), tf.tidy(() => model.forward(input))].map((output) =>
    output.dataSync(),
  ) as [Float32Array, Float32Array];
  for (const [index, value] of found.entries()) expect(value).toBeCloseTo(wanted[index] as number, 4);

  const larger = networkConfig({
    preset: 'sparnet-v16',
    network: { ...tinyNetwork, inputSize: 16, resDepth: -2 },
    scale: 8,
  });
  await expect(openTeacher(file, larger)).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/teacher .*expected inputSize 16, got 8/) as string,
  });
});

function gradientsOf(game: Game, input: tf.Tensor4D, target: tf.Tensor4D) {
  const { terms, generator, updates } = shardGradients(game, input, target);
  const values = generator.flatMap((gradient) => [...gradient.dataSync()]);
  tf.dispose([generator, updates.map(({ value }) => value)]);
  return { terms, values };
}
