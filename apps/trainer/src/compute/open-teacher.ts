import { SparnetError } from '@sparnet/core';
import { scope } from '@sparnet/engine';
import { loadModel, type SparnetConfig } from '@sparnet/models';
import type * as tf from '@tensorflow/tfjs-core';

/** What a trained network makes of an input [N,H,W,3] in [-1, 1]: a constant, the caller's to dispose. */
export type Teacher = (input: tf.Tensor4D) => tf.Tensor4D;

/**
 * A trained network that another one learns from, which must take and give images of the same sizes.
 *
 * @throws SparnetError `bad-config` when it does not; what `loadModel` throws.
 */
export async function openTeacher(file: string, network: SparnetConfig): Promise<Teacher> {
  const model = await loadModel(file);
  for (const key of ['scale', 'inputSize', 'outputSize'] as const) {
    const [own, wanted] = [model.config[key], network[key]];
    if (own === wanted) continue;
    model.dispose();
    throw new SparnetError('bad-config', `teacher ${file}: expected ${key} ${wanted}, got ${own}`);
  }
  model.foldNorms();
  return (input) => scope(() => model.forward(input));
}
