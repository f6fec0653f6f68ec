import { commitUpdates, sweep } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';

/** A loss and its gradients by `leaves`, which are the caller's. Buffers are brought up to date. */
export type Differentiate = (
  loss: () => tf.Scalar,
  leaves: tf.Tensor[],
) => { loss: number; gradients: tf.Tensor[] };

/** The two ways to differentiate. */
export const gradientWays: Record<string, Differentiate> = {
  sweep(lossOf, leaves) {
    const { loss, gradients, updates } = sweep(lossOf, leaves);
    commitUpdates(updates);
    const value = loss.dataSync()[0] as number;
    loss.dispose();
    return { loss: value, gradients };
  },
  'tf.grads'(lossOf, leaves) {
    let value = NaN;
    const gradients = tf.grads(() => {
      const loss = lossOf();
      value = loss.dataSync()[0] as number;
      return loss;
    })(leaves);
    return { loss: value, gradients };
  },
};
