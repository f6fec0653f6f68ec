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

/** The teacher as a checkpoint keeps it; the name alone is that of one whose weight is 0, or is from before digests were kept. */
export type SavedTeacher = string | { file: string; sha256: string };

/** The settings that a checkpoint keeps. */
export type SavedSettings = Readonly<Record<string, unknown>> & { readonly teacher?: SavedTeacher };

/**
 * The settings of a run that a checkpoint keeps, since a run that goes on with others is another run.
 *
 * @param teacherDigest - The SHA-256 of the teacher's file, where it has a weight: files may be moved, but not be others.
 */
export function settingsOf(config: TrainConfig, teacherDigest?: string): SavedSettings {
  const settings = Object.fromEntries(
    deciding.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]),
  );
  if (config.teacher === undefined) return settings;
  const file = basename(config.teacher);
  return { ...settings, teacher: teacherDigest === undefined ? file : { file, sha256: teacherDigest } };
}
