import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  /** Channels of the first input. */
  first: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetConcatChannels',
  inputNames: ['a', 'b'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([a, b]) => [tf.concat([a as tf.Tensor4D, b as tf.Tensor4D], 3)],
  backward({ gradients: [dy], attributes: { first }, needs }) {
    const [batch, height, width, channels] = (dy as tf.Tensor4D).shape;
    const part = (start: number, length: number): tf.Tensor =>
      tf.slice(dy as tf.Tensor4D, [0, 0, 0, start], [batch, height, width, length]);
    return [needs[0] ? part(0, first) : undefined, needs[1] ? part(first, channels - first) : undefined];
  },
};

/** Two tensors [N,H,W,C] and [N,H,W,D] as one, [N,H,W,C+D]. */
export function concatChannels([a, b]: readonly [tf.Tensor4D, tf.Tensor4D]): tf.Tensor4D {
  return runOne(operation, [a, b], { first: a.shape[3] });
}
