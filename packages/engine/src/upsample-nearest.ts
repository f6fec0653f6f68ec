import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<object> = {
  name: 'SparnetUpsampleNearest2x',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward([input]) {
    const x = input as tf.Tensor4D;
    return [tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]])];
  },
  // The sum of each square of four. tfjs' own gradient is wrong on its cpu backend.
  backward: ({ gradients: [dy] }) => [tf.mul(tf.avgPool(dy as tf.Tensor4D, 2, 2, 'valid'), 4)],
};

/** `x` [N,H,W,C] enlarged to [N,2H,2W,C], each pixel repeated (PyTorch's `interpolate`, nearest, factor 2). */
export function upsampleNearest2x(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(operation, [x], {});
}
