import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  /** Of the input. */
  shape: tf.Tensor4D['shape'];
  size: readonly [height: number, width: number];
}

const operation: Operation<Attributes> = {
  name: 'SparnetPadTo',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { shape: [, height, width], size }) => [
    tf.pad(x as tf.Tensor4D, [
      [0, 0],
      [0, size[0] - height],
      [0, size[1] - width],
      [0, 0],
    ]),
  ],
  backward: ({ gradients: [dy], attributes: { shape } }) => [
    tf.slice(dy as tf.Tensor4D, [0, 0, 0, 0], shape),
  ],
};

/**
 * `x` [N,H,W,C] with zeros below and on the right, up to `size` (height, width).
 *
 * @throws SparnetError `bad-argument` when `x` is larger.
 */
export function padTo(x: tf.Tensor4D, size: readonly [number, number]): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height > size[0] || width > size[1]) throw invalid('x', `at most ${size.join('x')} pixels`, x.shape);
  return runOne(operation, [x], { shape: x.shape, size });
}
