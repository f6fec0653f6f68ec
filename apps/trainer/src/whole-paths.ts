import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pretrainedModel } from '@sparnet/pretrained';
import type { TrainConfig } from './options.ts';

const paths = [
  'init',
  'discriminatorInit',
  'initTraining',
  'teacher',
  'perceptualWeights',
  'boxes',
  'valBoxes',
] as const;

/** The options with their paths from the root, that of a published model in the place of its name, so that a run goes on from whatever folder it is resumed. */
export function withWholePaths<Options extends Partial<TrainConfig>>(options: Options): Options {
  const whole = { ...options };
  for (const key of ['data', 'val'] as const) {
    if (options[key]) whole[key] = options[key].map((path) => resolve(path));
  }
  for (const key of paths) {
    if (options[key]) whole[key] = resolve(options[key]);
  }
  for (const key of ['init', 'teacher'] as const) {
    const published = options[key] && pretrainedModel(options[key]);
    if (published) whole[key] = fileURLToPath(published.url);
  }
  return whole;
}
