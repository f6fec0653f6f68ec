import { invalid } from '@sparnet/core';
import type * as tf from '@tensorflow/tfjs-core';

/** @throws SparnetError `bad-argument` when one of `vectors` has not one value for each of the `channels`. */
export function checkChannels(channels: number, vectors: Record<string, tf.Tensor | undefined>): void {
  for (const [name, vector] of Object.entries(vectors)) {
    if (vector && (vector.rank !== 1 || vector.size !== channels))
      throw invalid(name, `shape [${channels}], a value a channel`, vector.shape);
  }
}
