import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<object> = {
  name: 'SparnetAdd',
  inputNames: ['a', 'b'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([a, b]) => [tf.add(a as tf.Tensor, b as tf.Tensor)],
  backward: ({ gradients: [dy], needs }) =>
    needs.map((need) => (need ? (dy as tf.Tensor).clone() : undefined)),
};

/**
 * The sum of two tensors of one shape.
 *
 * @throws SparnetError `bad-argument` when the shapes differ.
 */
export function add<Result extends tf.Tensor>(a: Result, b: Result): Result {
  if (!tf.util.arraysEqual(a.shape, b.shape)) throw invalid('b', `shape [${a.shape.join(', ')}]`, b.shape);
  return runOne(operation, [a, b], {});
}
