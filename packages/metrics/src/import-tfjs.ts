import { SparnetError } from '@sparnet/core';
import type * as Tfjs from '@tensorflow/tfjs-core';
import { importPeer } from './import-peer.ts';

/**
 * The tfjs of this process, on which an engine is in use.
 *
 * @throws SparnetError `missing-package` when it is not installed, `engine-unavailable` when no engine is in use: tfjs would
 *   take one of its own choice.
 */
export async function importTfjs(): Promise<typeof Tfjs> {
  const tf = await importPeer('@tensorflow/tfjs-core', () => import('@tensorflow/tfjs-core'));
  if (!tf.engine().backendName) {
    throw new SparnetError(
      'engine-unavailable',
      'no engine is in use: call useEngine of @sparnet/engine first',
    );
  }
  return tf;
}
