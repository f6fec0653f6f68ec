import { SparnetError } from '@sparnet/core';
import { enhance, type Ensemble } from '@sparnet/models';
import type { Method } from '../pictures/make-pictures.ts';
import { loadModelFile } from './load-model-file.ts';

/** A model as a method, and the sizes that it works with. */
export interface OpenModel {
  method: Method;
  sizes: { scale: number; size: number };
}

/**
 * Loads a model file, on the engine in use.
 *
 * @throws SparnetError as `loadModelFile`; `bad-argument` when a scale or size is asked for that is not the model's.
 */
export async function openModel(
  file: string,
  { scale, size, ensemble }: { scale?: number | undefined; size?: number | undefined; ensemble: Ensemble },
): Promise<OpenModel> {
  const model = await loadModelFile(file);
  const { config } = model;
  for (const [name, asked, own] of [
    ['scale', scale, config.scale] as const,
    ['size', size, config.outputSize] as const,
  ]) {
    if (asked === undefined || asked === own) continue;
    throw new SparnetError(
      'bad-argument',
      `${file} has the ${name} ${own}, not ${asked}; leave --${name} out`,
    );
  }
  return {
    method: ({ lr }) => enhance(model, lr, { ensemble }),
    sizes: { scale: config.scale, size: config.outputSize },
  };
}
