import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<{ number: number }> = {
  name: 'SparnetAddNumber',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { number }) => [tf.add(x as tf.Tensor, number)],
  backward: ({ gradients: [dy] }) => [(dy as tf.Tensor).clone()],
};

/** `x` plus a number. */
export function addNumber<Result extends tf.Tensor>(x: Result, number: number): Result {
  return runOne(operation, [x], { number });
}
