import { perceptualLoss, pixelLoss, vgg19Network, type AdversarialKind } from '@sparnet/losses';
import { scaleBy } from '@sparnet/engine';
import { createDiscriminator, createSparnet } from '@sparnet/models';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import type { ImageLosses } from 'trainer/compute/image-losses';
import { fromStateDict, toStateDict } from 'trainer/compute/parameter-table';
import { shardGradients } from 'trainer/compute/shard-gradients';
import { sharedNetwork } from 'trainer/compute/shared-network';
import { advance, freshMoments, learnersOf, takeBuffers, updateAverage } from 'trainer/learner';
import { configOf, normOf, type ReferenceArchitecture } from './architecture.ts';
import { largestError, scalarError, updateError, type Finding, type Values } from './compare.ts';
import { pick, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Json {
  config: {
    G: ReferenceArchitecture;
    D: {
      base_ch: number;
      n_layers: number;
      norm_type: string;
      num_D: number;
      spectral_norm: boolean;
      max_ch?: number;
    };
    iterations: number;
    adam: { g_lr: number; d_lr: number; betas: [number, number] };
    ema_decay: number;
    lambda: { pix: number; pcp: number; fm: number; g: number };
    gan_mode: string;
  };
  scalars: Record<string, number[]>;
  tolerances: Record<string, { tol: number; tol_relative?: number; update_rel_l2?: { tol: number } }>;
}

/** The terms of a step, under the names that the reference has for them. */
const termNames: Record<string, string> = {
  loss_pix: 'pixel',
  loss_pcp: 'perceptual',
  loss_g: 'adversarial',
  loss_fm: 'featureMatching',
  loss_d: 'discriminator',
};

/** Iterations of adversarial training, with the trainer's own steps: losses, weights, the average, outputs. */
export async function checkSparnethdTraining(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const plain = await trained(reference, { checkpointing: false });
  const again = await trained(reference, { checkpointing: true });
  return [...(await findingsOf(plain, '')), ...(await findingsOf(again, ', blocks computed again'))];

  async function findingsOf(run: Run, suffix: string): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const [file, found] of Object.entries(run.files)) {
      const expected = await reference.read(file);
      const given = tolerances[file];
      findings.push({
        name: file + suffix,
        error: largestError(found, expected),
        tolerance: given?.tol ?? 0,
      });
      if (!given?.update_rel_l2) continue;
      const before = await reference.read(`${file[0]}-initial`);
      findings.push({
        name: `${file} update${suffix}`,
        error: updateError(found, expected, before, isTrained),
        tolerance: given.update_rel_l2.tol,
      });
    }
    const names = Object.keys(scalars);
    const error = scalarError(
      names.flatMap((name) => run.terms.map((terms) => terms[termNames[name] ?? ''] ?? NaN)),
      names.flatMap((name) => scalars[name] as number[]),
    );
    findings.push({ name: `scalars${suffix}`, error, tolerance: tolerances['scalars']?.tol_relative ?? 0 });
    if (run.terms.length !== config.iterations) throw new Error(`${run.terms.length} iterations`);
    return findings;
  }
}

interface Run {
  /** What each file should hold. */
  files: Record<string, Record<string, Values>>;
  /** Of each iteration. */
  terms: Record<string, number>[];
}

async function trained(reference: Reference, { checkpointing }: { checkpointing: boolean }): Promise<Run> {
  const { config } = reference.json as unknown as Json;
  const { G, D, adam, lambda } = config;
  const discriminatorConfig = {
    scales: D.num_D,
    halvings: D.n_layers,
    baseChannels: D.base_ch,
    norm: normOf(D.norm_type),
    spectralNorm: D.spectral_norm,
    ...(D.max_ch !== undefined && { maxChannels: D.max_ch }),
  };
  const generator = sharedNetwork((variables) => createSparnet(configOf(G), { variables }));
  const discriminator = sharedNetwork((variables) => createDiscriminator(discriminatorConfig, { variables }));
  const vgg19 = vgg19Network({ weights: await reference.read('vgg') });
  const values = new Float32Array(generator.table.total);
  const average = new Float32Array(generator.table.total);
  const opponent = {
    table: discriminator.table,
    values: new Float32Array(discriminator.table.total),
  };
  fromStateDict(generator.table, await reference.read('G-initial'), values);
  fromStateDict(generator.table, await reference.read('H-initial'), average);
  fromStateDict(opponent.table, await reference.read('D-initial'), opponent.values);
  const result = new Float32Array(values.length + opponent.values.length);
  const [own, others] = [result.subarray(0, values.length), result.subarray(values.length)];
  const state = { ...freshMoments(generator.table), opponent: freshMoments(opponent.table) };
  const learners = learnersOf({ table: generator.table, values, opponent }, state, result);
  const imageLosses: ImageLosses = (output, target) => ({
    pixel: scaleBy(pixelLoss(output, target, { kind: 'absolute' }), lambda.pix),
    perceptual: scaleBy(perceptualLoss(output, target, { network: vgg19 }), lambda.pcp),
  });
  const objective = {
    pixel: { kind: 'absolute', reduction: 'mean', weight: lambda.pix },
    adversarial: {
      kind: config.gan_mode as AdversarialKind,
      weight: lambda.g,
      featureMatching: lambda.fm,
      reduction: 'released',
      discriminator: discriminator.model.config,
    },
    checkpointing,
  } as const;
  const inputs = await reference.read('inputs');
  const files: Run['files'] = { outputs: {} };
  const terms: Run['terms'] = [];

  /** The network's output with these values and their power iterations. */
  function outputWith(weights: Float32Array, input: tf.Tensor4D): Values {
    generator.load(weights);
    return tf.tidy(() => referenceOrder(generator.model.forward(input)));
  }
  const keep = (file: string, found: Record<string, Values>): void => void (files[file] = found);
  const stateOf = (table: typeof opponent.table, vector: Float32Array): Record<string, Values> =>
    valuesOf(toStateDict(table, vector));

  for (let iteration = 0; iteration < config.iterations; iteration++) {
    const input = tensorOf(pick(inputs, `iter${iteration}/LR`));
    const target = tensorOf(pick(inputs, `iter${iteration}/HR`));
    generator.load(values);
    discriminator.load(opponent.values);
    const found = shardGradients({ generator, discriminator, objective, imageLosses }, input, target);
    generator.write(own, values, found.generator, found.updates);
    discriminator.write(others, opponent.values, found.discriminator, found.updates);
    tf.dispose([found.generator, found.discriminator, found.updates.map(({ value }) => value)]);
    terms.push(found.terms);

    for (const learner of Object.values(learners)) takeBuffers(learner);
    const step = iteration + 1;
    updateAverage(learners.generator, average, { decay: config.ema_decay, order: 'before', step });
    // Both before this iteration's step of Adam.
    Object.assign(files['outputs'] as object, {
      [`iter${iteration}/SR`]: outputWith(values, input),
      [`iter${iteration}/ema_SR`]: outputWith(average, input),
    });
    const [beta1, beta2] = adam.betas;
    advance(learners.generator, { step, learningRate: adam.g_lr, beta1, beta2 });
    if (learners.discriminator)
      advance(learners.discriminator, { step, learningRate: adam.d_lr, beta1, beta2 });
    if (iteration === 0) {
      keep('G-after1', stateOf(generator.table, values));
      keep('D-after1', stateOf(opponent.table, opponent.values));
    }
    tf.dispose([input, target]);
  }
  keep('G-final', stateOf(generator.table, values));
  keep('D-final', stateOf(opponent.table, opponent.values));
  keep('H-final', stateOf(generator.table, average));
  const first = tensorOf(pick(inputs, 'iter0/LR'));
  Object.assign(files['outputs'] as object, {
    'final/SR_eval': outputWith(values, first),
    'final/ema_SR_eval': outputWith(average, first),
  });
  tf.dispose(first);
  generator.model.dispose();
  discriminator.model.dispose();
  return { files, terms };
}

function valuesOf(state: StateDict): Record<string, Values> {
  return Object.fromEntries(Object.entries(state).map(([name, { data }]) => [name, data as Values]));
}

function isTrained(name: string): boolean {
  return !/weight_[uv]$/.test(name);
}
