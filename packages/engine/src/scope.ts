import * as tf from '@tensorflow/tfjs-core';

/**
 * Run a block of a forward pass and free the tensors it made, except those it returns and those that a recorder still
 * needs for the backward pass. (`tf.tidy` under a name that layers may use.)
 */
export function scope<Result extends tf.TensorContainer>(block: () => Result): Result {
  return tf.tidy(block);
}
