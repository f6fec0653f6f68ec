import * as tf from '@tensorflow/tfjs-core';
import { runNative } from './native.ts';

/** Means and biased variances [C] of the values that were normalised together. */
export interface Moments {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/** Normalise `x` [N,H,W,C] over batch, height and width by TensorFlow's own kernel, in one pass. */
export function normalisedNatively(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): Moments & { y: tf.Tensor4D } {
  const none = tf.tensor1d([]);
  const attributes = { ...common(epsilon), exponential_avg_factor: 1 };
  // On the processor outputs 3 and 4 are mean and biased variance, which the gradient's kernel takes.
  const [y, , , mean, variance] = runNative('FusedBatchNormV3', [x, gamma, beta, none, none], attributes, 6);
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** The exact adjoint of {@link normalisedNatively}, for all three of its inputs. */
export function normGradientsNatively(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  { mean, variance }: Moments,
  epsilon: number,
): [dx: tf.Tensor4D, dgamma: tf.Tensor1D, dbeta: tf.Tensor1D] {
  const none = tf.tensor1d([]);
  const [dx, dgamma, dbeta] = runNative(
    'FusedBatchNormGradV3',
    [dy, x, gamma, mean, variance, none],
    common(epsilon),
    5,
  );
  return [dx as tf.Tensor4D, dgamma as tf.Tensor1D, dbeta as tf.Tensor1D];
}

function common(epsilon: number) {
  return { U: 'float32', epsilon, data_format: 'NHWC', is_training: true };
}
