import { SparnetError, isSparnetError } from '@sparnet/core';
import {
  discriminatorPresetNames,
  discriminatorPreset,
  leastImageSize,
  resolveDiscriminatorConfig,
  type DiscriminatorConfig,
  type SparnetConfig,
} from '@sparnet/models';
import type { Objective } from './compute/objective.ts';
import type { TrainConfig } from './options.ts';

/** The settings that an objective is made of. */
type ObjectiveSettings = Pick<
  TrainConfig,
  | 'preset'
  | 'loss'
  | 'reduction'
  | 'pixelWeight'
  | 'adversarial'
  | 'adversarialWeight'
  | 'featureMatchingWeight'
  | 'scaleReduction'
  | 'discriminator'
  | 'perceptual'
  | 'perceptualWeight'
  | 'perceptualWeights'
  | 'identityWeight'
  | 'teacher'
  | 'teacherWeight'
  | 'checkpointing'
>;

/**
 * What a run minimises. A term whose weight is 0 is not computed; without the adversarial one there are no
 * discriminators, whose features could be matched.
 *
 * @throws SparnetError `bad-config` when nothing is left to learn from, or for discriminators that can't be.
 */
export function objectiveOf(config: ObjectiveSettings): Objective {
  const { adversarialWeight, perceptualWeight, identityWeight, checkpointing } = config;
  const taught = config.teacher !== undefined && config.teacherWeight > 0;
  const untaught =
    config.teacher === undefined ? 'there is no teacher' : 'so is that of the teacher (teacherWeight)';
  if (config.pixelWeight + adversarialWeight + perceptualWeight + identityWeight === 0 && !taught) {
    throw new SparnetError(
      'bad-config',
      'nothing to learn from: all weights of the loss are 0 (pixelWeight, adversarialWeight, perceptualWeight, ' +
        `identityWeight) and ${untaught}; features are matched only where there is an adversarial term`,
    );
  }
  return {
    pixel: { kind: config.loss, reduction: config.reduction, weight: config.pixelWeight },
    ...(adversarialWeight > 0 && {
      adversarial: {
        kind: config.adversarial,
        weight: adversarialWeight,
        featureMatching: config.featureMatchingWeight,
        reduction: config.scaleReduction,
        discriminator: discriminatorOf(config),
      },
    }),
    ...(perceptualWeight > 0 && {
      perceptual: { network: config.perceptual, weight: perceptualWeight, file: config.perceptualWeights },
    }),
    ...(identityWeight > 0 && { identity: { weight: identityWeight } }),
    ...(taught && { teacher: { file: config.teacher as string, weight: config.teacherWeight } }),
    checkpointing,
  };
}

/**
 * Check that the discriminators of an objective can judge what a network makes.
 *
 * @throws SparnetError `bad-config` that says what would fit.
 */
export function checkImageSize({ adversarial }: Objective, { outputSize }: SparnetConfig): void {
  const least = adversarial ? leastImageSize(adversarial.discriminator) : 0;
  if (outputSize >= least) return;
  throw new SparnetError(
    'bad-config',
    `discriminator: expected fewer halvings or scales, or an outputSize of at least ${least}, got ${outputSize}`,
  );
}

/** How many terms of an image the discriminators' loss of an objective is a sum of; see `watchDiscriminators`. */
export function summedTerms({ adversarial }: Objective): number {
  return adversarial?.reduction === 'paper' ? 2 * adversarial.discriminator.scales : 1;
}

/** Those of the preset, or of `sparnethd`, with the changes of the setting `discriminator`. */
function discriminatorOf({ preset, discriminator }: ObjectiveSettings): DiscriminatorConfig {
  const known = discriminatorPresetNames.find((name) => name === preset) ?? 'sparnethd';
  if (typeof discriminator !== 'object' || discriminator === null || Array.isArray(discriminator)) {
    throw new SparnetError('bad-config', 'discriminator: expected an object such as {"baseChannels":32}');
  }
  try {
    return resolveDiscriminatorConfig({ ...discriminatorPreset(known), ...discriminator });
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    throw new SparnetError('bad-config', `discriminator: ${error.message}`, { cause: error });
  }
}
