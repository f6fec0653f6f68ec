import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { channelMean } from './spatial-mean.ts';

const squared: Operation<object> = {
  name: 'SparnetMeanSquaredError',
  inputNames: ['a', 'b'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward: ([a, b]) => [tf.mean(channelMean(tf.square(tf.sub(a as tf.Tensor4D, b as tf.Tensor4D))))],
  backward: ({ gradients: [dy], inputs, needs }) =>
    signed(inputs, dy as tf.Scalar, needs, (d) => tf.mul(d, 2)),
};

const absolute: Operation<object> = {
  name: 'SparnetMeanAbsoluteError',
  inputNames: ['a', 'b'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward: ([a, b]) => [tf.mean(channelMean(tf.abs(tf.sub(a as tf.Tensor4D, b as tf.Tensor4D))))],
  backward: ({ gradients: [dy], inputs, needs }) => signed(inputs, dy as tf.Scalar, needs, (d) => tf.sign(d)),
};

/** The mean over all elements of (a - b)^2, a scalar; `a` and `b` [N,H,W,C]. */
export function meanSquaredError(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  return runOne(squared, checkedPair(a, b), {});
}

/** The mean over all elements of |a - b|, a scalar; `a` and `b` [N,H,W,C]. The gradient at a = b is 0. */
export function meanAbsoluteError(a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar {
  return runOne(absolute, checkedPair(a, b), {});
}

function checkedPair(a: tf.Tensor4D, b: tf.Tensor4D): [tf.Tensor4D, tf.Tensor4D] {
  if (!tf.util.arraysEqual(a.shape, b.shape)) throw invalid('b', `shape [${a.shape.join(', ')}]`, b.shape);
  return [a, b];
}

function signed(
  [a, b]: readonly tf.Tensor[],
  dy: tf.Scalar,
  needs: readonly boolean[],
  slope: (difference: tf.Tensor) => tf.Tensor,
): (tf.Tensor | undefined)[] {
  const difference = tf.sub(a as tf.Tensor, b as tf.Tensor);
  const gradient = tf.mul(slope(difference), tf.div(dy, difference.size));
  return [needs[0] ? gradient : undefined, needs[1] ? tf.neg(gradient) : undefined];
}
