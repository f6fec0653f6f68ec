import { writeSafetensors } from '@sparnet/weights/node';
import { modelMetadata } from './model-file.ts';
import type { Sparnet } from './sparnet.ts';

/**
 * Write a model to a `.safetensors` file that `loadModel` reads: beside its place, synced, then renamed, so that a
 * crash leaves the old file or the new.
 *
 * @throws SparnetError `missing-file` when the folder is not there.
 */
export async function saveModel(model: Sparnet, file: string): Promise<void> {
  await writeSafetensors(file, await model.stateDict(), { metadata: modelMetadata(model) });
}
