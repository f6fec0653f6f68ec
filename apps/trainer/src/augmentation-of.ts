import { invalid } from '@sparnet/core';
import type { Augmentation } from './data/augmentation.ts';
import type { TrainConfig } from './options.ts';

/**
 * The random changes that a configuration asks for.
 *
 * @throws SparnetError `bad-config` for a range that is none.
 */
export function augmentationOf(config: TrainConfig): Augmentation {
  const { flip, rotate, shift } = config;
  return { flip, rotate, shift, rescale: range(config, 'rescale'), scale: range(config, 'zoom') };
}

function range(config: TrainConfig, key: 'rescale' | 'zoom'): [number, number] {
  const [low, high, ...more] = config[key];
  if (low === undefined || high === undefined || more.length > 0 || low > high) {
    throw invalid(key, 'two numbers, the smaller first', config[key], 'bad-config');
  }
  return [low, high];
}
