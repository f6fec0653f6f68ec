import * as tf from '@tensorflow/tfjs-core';

/** By backend, as its tensors end with it. */
const constants = new WeakMap<object, Map<string, tf.Tensor>>();

/**
 * A tensor that stays: shapes, axes and places that kernels of native TensorFlow take as tensors. Made anew for each call
 * they cost as much as a small kernel.
 *
 * @param key - Says all that its values depend on.
 */
export function nativeConstant<Result extends tf.Tensor>(key: string, make: () => Result): Result {
  const backend = tf.backend();
  const known = constants.get(backend) ?? new Map<string, tf.Tensor>();
  constants.set(backend, known);
  const found = known.get(key) ?? tf.keep(tf.tidy(make));
  known.set(key, found);
  return found as Result;
}

/** How many there are of the backend in use: they are no leak. */
export function nativeConstantCount(): number {
  return constants.get(tf.backend())?.size ?? 0;
}
