import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

/** PyTorch's `normalize` divides by no less. */
const smallest = 1e-12;

const operation: Operation<object> = {
  name: 'SparnetPixelNorm',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [],
  forward: ([x]) => [tf.div(x as tf.Tensor4D, tf.maximum(lengths(x as tf.Tensor4D), smallest))],
  backward({ gradients, inputs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const x = inputs[0] as tf.Tensor4D;
    const length = lengths(x);
    const divisor = tf.maximum(length, smallest);
    const unit = tf.div(x, divisor);
    const along = tf.mul(tf.sum(tf.mul(dy, unit), 3, true), tf.cast(tf.greater(length, smallest), 'float32'));
    return [tf.div(tf.sub(dy, tf.mul(unit, along)), divisor)];
  },
};

/** Each pixel's vector of channels of `x` [N,H,W,C], divided by its L2 norm (by 1e-12 at least). */
export function pixelNorm(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(operation, [x], {});
}

function lengths(x: tf.Tensor4D): tf.Tensor {
  return tf.sqrt(tf.sum(tf.mul(x, x), 3, true));
}
