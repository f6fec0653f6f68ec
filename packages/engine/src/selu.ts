import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

const operation: Operation<object> = {
  name: 'SparnetSelu',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [0],
  forward: ([x]) => [tf.selu(x as tf.Tensor4D)],
  backward({ gradients: [dy], outputs: [y] }) {
    // scale where positive; else scale * alpha * exp(x), which is y + scale * alpha
    const below = tf.add(tf.sub(y as tf.Tensor, tf.relu(y as tf.Tensor)), scale * alpha);
    const correction = tf.mul(tf.step(y as tf.Tensor), scale - scale * alpha);
    return [tf.mul(dy as tf.Tensor, tf.add(below, correction))];
  },
};

/** The self-normalising activation of Klambauer et al. (2017) with their constants. */
export function selu(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(operation, [x], {});
}
