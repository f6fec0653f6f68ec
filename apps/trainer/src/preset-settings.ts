import type { PresetName } from '@sparnet/models';
import type { TrainConfig } from './options.ts';

/** How the paper trains SPARNetHD (section IV), as its code was released. */
const adversarial = {
  degrade: 'sparnethd',
  rotate: false,
  rescale: [1, 1],
  batch: 2,
  shard: 1,
  lr: 1e-4,
  discriminatorLr: 4e-4,
  beta1: 0.5,
  beta2: 0.99,
  loss: 'absolute',
  pixelWeight: 100,
  adversarialWeight: 1,
  featureMatchingWeight: 10,
  perceptualWeight: 1,
  emaOrder: 'before',
} satisfies Partial<TrainConfig>;

/** At this size the generator's features for the backward pass fill any memory. */
const large = { ...adversarial, checkpointing: true } satisfies Partial<TrainConfig>;

/** Runs at these sizes are short: an average that forgets how it began, as the release's does not, shows what was learned. */
const small = { ...adversarial, emaOrder: 'after' } satisfies Partial<TrainConfig>;

/** What other settings than the usual ones a preset is trained with. */
const settings: Partial<Record<PresetName, Partial<TrainConfig>>> = {
  sparnethd: large,
  'sparnethd-3d': large,
  'sparnethd-256': small,
  'sparnethd-128': small,
};

/** Options with those of their preset in the place of what is left out. */
export function withPresetSettings(options: Partial<TrainConfig>): Partial<TrainConfig> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...(options.preset && settings[options.preset]), ...Object.fromEntries(given) };
}
