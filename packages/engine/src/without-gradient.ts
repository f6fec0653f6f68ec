import * as tf from '@tensorflow/tfjs-core';

const detached = (x: tf.Tensor): { value: tf.Tensor; gradFunc: (dy: tf.Tensor) => tf.Tensor } => ({
  value: x.clone(),
  gradFunc: (dy) => tf.zerosLike(dy),
});

/**
 * The same values as a constant: no gradient flows through it, neither in a sweep, which records nothing of what is
 * computed from it, nor in `tf.grads`.
 */
export function withoutGradient<Result extends tf.Tensor>(x: Result): Result {
  return tf.customGrad((input) => detached(input as tf.Tensor))(x) as Result;
}
