import { add, recordUpdate, scaleBy, sweep, type BufferUpdate, type Sweep } from '@sparnet/engine';
import type { Module } from '@sparnet/layers';
import { discriminatorLoss, featureMatchingLoss, generatorLoss, pixelLoss } from '@sparnet/losses';
import type { Judgement } from '@sparnet/models';
import * as tf from '@tensorflow/tfjs-core';
import type { ImageLosses, Terms } from './image-losses.ts';
import type { GameSigns } from '../watch-discriminators.ts';
import type { Objective } from './objective.ts';
import type { Teacher } from './open-teacher.ts';

/** A network and what is trained of it. */
export interface Player<Output> {
  model: Module<Output>;
  leaves: readonly tf.Variable[];
}

/** Who learns, and from what. */
export interface Game {
  generator: Player<tf.Tensor4D>;
  /** Where the objective is adversarial. */
  discriminator?: Player<Judgement[]> | undefined;
  teacher?: Teacher | undefined;
  objective: Objective;
  imageLosses: ImageLosses;
}

/** What a shard gave. The tensors are the caller's to dispose. */
export interface ShardGradients {
  /**
   * The generator's weighted terms by name; the discriminators' loss `discriminator`, their mean scores `real` and
   * `fake`, and `contrast`, the deviation of the output's values over that of the target's.
   */
  terms: Record<string, number>;
  generator: tf.Tensor[];
  discriminator: tf.Tensor[];
  updates: BufferUpdate[];
}

/**
 * The gradients of both players for some images, in the order of the released code: the discriminators see the real
 * images, the made ones as constants (their own loss), then the made ones again (the generator's), with a power
 * iteration of spectral norm each time. Both gradients are those before either player moves.
 *
 * @param input - The network's input [N,H,W,3] in [-1, 1].
 * @param target - [N,H',W',3] in [-1, 1].
 */
export function shardGradients(game: Game, input: tf.Tensor4D, target: tf.Tensor4D): ShardGradients {
  const { generator, objective, imageLosses } = game;
  const kept: Terms = {};
  const taught = game.teacher?.(input);
  let judged: Judged | undefined;
  try {
    const swept = sweep(() => {
      const { checkpointing } = objective;
      const output = generator.model.forward(input, { training: true, checkpointing });
      const terms = imageLosses(output, target);
      if (taught && objective.teacher)
        terms['teacher'] = scaleBy(pixelLoss(output, taught, objective.pixel), objective.teacher.weight);
      if (game.discriminator && objective.adversarial) {
        judged = judge(game.discriminator, objective.adversarial, output, target);
        Object.assign(terms, verdict(game.discriminator, objective.adversarial, output, judged));
      }
      for (const [name, term] of Object.entries(terms)) kept[name] = tf.keep(term.clone());
      return Object.values(terms).reduce((a, b) => add(a, b));
    }, generator.leaves);
    const terms = Object.fromEntries(Object.entries(kept).map(([name, term]) => [name, numberOf(term)]));
    swept.loss.dispose();
    return {
      terms: { ...terms, ...judged?.terms },
      generator: swept.gradients,
      discriminator: judged?.gradients ?? [],
      updates: swept.updates,
    };
  } catch (error) {
    tf.dispose(judged?.gradients ?? []);
    throw error;
  } finally {
    tf.dispose([kept, judged?.realFeatures ?? [], taught ?? []]);
  }
}

interface Judged {
  gradients: tf.Tensor[];
  terms: GameSigns;
  /** Of each scale and layer. */
  realFeatures: tf.Tensor4D[][];
}

type Adversarial = NonNullable<Objective['adversarial']>;

/** The discriminators' own loss and its gradients. What it does to their buffers is seen by whatever comes after. */
function judge(
  { model, leaves }: Player<Judgement[]>,
  { kind, reduction }: Adversarial,
  output: tf.Tensor4D,
  target: tf.Tensor4D,
): Judged {
  let realFeatures: tf.Tensor4D[][] = [];
  const means = { real: 0, fake: 0 };
  const swept: Sweep = sweep(() => {
    const real = model.forward(target, { training: true });
    const fake = model.forward(output, { training: true });
    realFeatures = real.map(({ features }) => features.map((feature) => tf.keep(feature.clone())));
    means.real = meanScore(real);
    means.fake = meanScore(fake);
    return discriminatorLoss(scoresOf(real), scoresOf(fake), { kind, reduction });
  }, leaves);
  for (const { buffer, value } of swept.updates) recordUpdate(buffer, () => value);
  const discriminator = numberOf(swept.loss);
  swept.loss.dispose();
  const contrast = deviation(output) / deviation(target);
  return { gradients: swept.gradients, realFeatures, terms: { discriminator, ...means, contrast } };
}

/** What the generator learns from the discriminators. */
function verdict(
  { model }: Player<Judgement[]>,
  { kind, reduction, weight, featureMatching }: Adversarial,
  output: tf.Tensor4D,
  { realFeatures }: Judged,
): Terms {
  const fake = model.forward(output, { training: true });
  const adversarial = scaleBy(generatorLoss(scoresOf(fake), { kind, reduction }), weight);
  if (featureMatching === 0) return { adversarial };
  const fakeFeatures = fake.map(({ features }) => features);
  const matching = featureMatchingLoss(realFeatures, fakeFeatures, { reduction });
  return { adversarial, featureMatching: scaleBy(matching, featureMatching) };
}

function scoresOf(judgements: readonly Judgement[]): tf.Tensor4D[] {
  return judgements.map(({ score }) => score);
}

/** The mean score over all patches, each discriminator counting the same. */
function meanScore(judgements: readonly Judgement[]): number {
  const means = judgements.map(({ score }) => numberOf(tf.mean(score)));
  return means.reduce((a, b) => a + b) / means.length;
}

function deviation(x: tf.Tensor): number {
  return tf.tidy(() => Math.sqrt(numberOf(tf.moments(x).variance)));
}

function numberOf(scalar: tf.Tensor): number {
  return scalar.dataSync()[0] as number;
}
