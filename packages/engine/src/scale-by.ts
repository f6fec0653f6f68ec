import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<{ factor: number }> = {
  name: 'SparnetScaleBy',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { factor }) => [tf.mul(x as tf.Tensor, factor)],
  backward: ({ gradients: [dy], attributes: { factor } }) => [tf.mul(dy as tf.Tensor, factor)],
};

/** `x` times a number. */
export function scaleBy<Result extends tf.Tensor>(x: Result, factor: number): Result {
  return runOne(operation, [x], { factor });
}
