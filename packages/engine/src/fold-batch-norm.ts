import * as tf from '@tensorflow/tfjs-core';

/**
 * Make a batch norm with known statistics part of the convolution without a bias before it:
 * (W x - mean) / sqrt(variance + epsilon) * weight + bias = W' x + bias'. `filter` and `bias` are changed.
 *
 * @param filter - [K,K,C,D].
 * @param norm - Vectors [D].
 */
export function foldBatchNorm(
  filter: tf.Variable<tf.Rank.R4>,
  {
    weight,
    bias,
    mean,
    variance,
    epsilon,
  }: {
    weight: tf.Tensor1D;
    bias: tf.Variable<tf.Rank.R1>;
    mean: tf.Tensor1D;
    variance: tf.Tensor1D;
    epsilon: number;
  },
): void {
  tf.tidy(() => {
    const scale = tf.mul<tf.Tensor1D>(weight, tf.rsqrt(tf.add<tf.Tensor1D>(variance, epsilon)));
    filter.assign(tf.mul(filter, scale));
    bias.assign(tf.sub(bias, tf.mul(mean, scale)));
  });
}
