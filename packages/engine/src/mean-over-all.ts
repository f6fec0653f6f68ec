import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<{ shape: readonly number[] }> = {
  name: 'SparnetMeanOverAll',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x]) => [tf.mean(x as tf.Tensor)],
  backward: ({ gradients: [dy], attributes: { shape } }) => [
    tf.add(tf.zeros([...shape]), tf.div(dy as tf.Tensor, tf.util.sizeFromShape([...shape]))),
  ],
};

/** The mean of all elements of `x`, which may have any shape. For few of them: one distance an image, scores. */
export function meanOverAll(x: tf.Tensor): tf.Scalar {
  return runOne(operation, [x], { shape: x.shape });
}
