import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<object> = {
  name: 'SparnetSigmoid',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [0],
  forward: ([x]) => [tf.sigmoid(x as tf.Tensor4D)],
  backward: ({ gradients: [dy], outputs: [y] }) => [
    tf.mul(dy as tf.Tensor, tf.sub(y as tf.Tensor, tf.mul(y as tf.Tensor, y as tf.Tensor))),
  ],
};

/** 1 / (1 + exp(-x)). */
export function sigmoid(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(operation, [x], {});
}
