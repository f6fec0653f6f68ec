import { basename } from 'node:path';
import type { TrainConfig } from './options.ts';

/** What decides the numbers of a run, besides its network, its photographs and what `resume` may change. */
const deciding = [
  'flip',
  'rotate',
  'rescale',
  'zoom',
  'shift',
  'degrade',
  'batch',
  'shard',
  'optimizer',
  'lr',
  'beta1',
  'beta2',
  'schedule',
  'warmup',
  'hold',
  'floor',
  'every',
  'gamma',
  'discriminatorLr',
  'discriminatorSchedule',
  'pixelWeight',
  'loss',
  'reduction',
  'adversarialWeight',
  'adversarial',
  'featureMatchingWeight',
  'scaleReduction',
  'discriminator',
  'perceptualWeight',
  'perceptual',
  'identityWeight',
  'teacherWeight',
  'clip',
  'ema',
  'emaOrder',
  'seed',
] as const satisfies (keyof TrainConfig)[];

/** The settings of a run that a checkpoint keeps, since a run that goes on with others is another run. */
export function settingsOf(config: TrainConfig): Record<string, unknown> {
  const settings = deciding.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]);
  // Files may be moved, but not be others.
  const teacher = config.teacher === undefined ? [] : [['teacher', basename(config.teacher)]];
  return Object.fromEntries([...settings, ...teacher]) as Record<string, unknown>;
}
