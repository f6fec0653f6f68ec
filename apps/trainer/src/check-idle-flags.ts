import { SparnetError } from '@sparnet/core';
import type { PresetName } from '@sparnet/models';
import { trainOptions, type TrainConfig } from './options.ts';
import { endsAtHorizon, schedulesOf } from './planned-steps.ts';
import { withPresetSettings } from './preset-settings.ts';
import { flagName } from './run/parse-flags.ts';

type Key = keyof TrainConfig;

/** Flags that need others. */
interface Need {
  keys: readonly Key[];
  /** When they have something to do. */
  met: (config: TrainConfig) => boolean;
  /** What to give beside them. */
  give: string;
  /** The weight that is 0 where a loss is left out on purpose, as in an ablation: then they may stand. */
  weight?: Key;
}

const needs: readonly Need[] = [
  { keys: ['teacherWeight'], met: ({ teacher }) => teacher !== undefined, give: 'a --teacher' },
  {
    keys: ['hold', 'floor', 'horizon'],
    met: (config) => schedulesOf(config).some(endsAtHorizon),
    give: '--schedule linear or cosine',
  },
  {
    keys: ['every', 'gamma'],
    met: (config) => schedulesOf(config).includes('step'),
    give: '--schedule step',
  },
  {
    keys: [
      'discriminatorLr',
      'discriminatorSchedule',
      'adversarial',
      'featureMatchingWeight',
      'scaleReduction',
      'discriminator',
    ],
    met: ({ adversarialWeight }) => adversarialWeight > 0,
    give: 'an --adversarial-weight above 0',
    weight: 'adversarialWeight',
  },
  {
    keys: ['perceptual', 'perceptualWeights'],
    met: ({ perceptualWeight }) => perceptualWeight > 0,
    give: 'a --perceptual-weight above 0',
    weight: 'perceptualWeight',
  },
];

/**
 * Check that every flag of a command line can change something. What stands in a configuration file or comes with a
 * preset is not looked at: these hold all settings, also idle ones.
 *
 * @param flags - What was given on the command line.
 * @param options - These, laid over those of a file, if there is one.
 * @param presets - Those that are trained; a flag must have something to do with one of them.
 * @throws SparnetError `bad-argument` that names a flag without effect, and what it needs.
 */
export function checkIdleFlags(
  flags: Partial<TrainConfig>,
  options: Partial<TrainConfig>,
  presets: readonly (PresetName | undefined)[] = [options.preset],
): void {
  const configs = presets.map((preset) => withDefaults({ ...options, ...(preset && { preset }) }));
  for (const { keys, met, give, weight } of needs) {
    if (weight && flags[weight] === 0) continue;
    const idle = keys.find((key) => flags[key] !== undefined);
    if (idle === undefined || configs.some(met)) continue;
    throw new SparnetError(
      'bad-argument',
      `${flagName(idle)} has no effect here; give ${give} with it, or leave it out`,
    );
  }
}

function withDefaults(options: Partial<TrainConfig>): TrainConfig {
  const defaults = Object.entries(trainOptions).map(([key, spec]) => [
    key,
    (spec as { default?: unknown }).default,
  ]);
  return { ...(Object.fromEntries(defaults) as TrainConfig), ...withPresetSettings(options) };
}
