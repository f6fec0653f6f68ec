import { checkOneOf } from '@sparnet/core';
import {
  resolveDiscriminatorConfig,
  type DiscriminatorConfig,
  type DiscriminatorConfigInput,
} from './discriminator-config.ts';
import type { PresetName } from './presets.ts';

/** What the discriminators of each preset change of the released ones: 3 scales, 4 halvings, 64 channels at first. */
const changes = {
  sparnethd: {},
  'sparnethd-3d': {},
  // The third sees 32x32 pixels, of which 4 halvings would leave nothing to score.
  'sparnethd-128': { baseChannels: 24, halvings: 3 },
  'sparnethd-256': { baseChannels: 32 },
} satisfies Partial<Record<PresetName, DiscriminatorConfigInput>>;

export type DiscriminatorPresetName = keyof typeof changes;

/** The presets that are trained against discriminators. */
export const discriminatorPresetNames = Object.keys(changes) as readonly DiscriminatorPresetName[];

/**
 * The whole configuration of the discriminators that a preset is trained against.
 *
 * @throws SparnetError `bad-argument` that lists the names for a preset that has none.
 */
export function discriminatorPreset(name: DiscriminatorPresetName): DiscriminatorConfig {
  checkOneOf('discriminator preset', name, discriminatorPresetNames);
  return resolveDiscriminatorConfig(changes[name]);
}
