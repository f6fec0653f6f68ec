import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  size: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetAverageNeighbours',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x], { size }) => [tf.mul(sums(x as tf.Tensor4D, size), shares((x as tf.Tensor4D).shape, size))],
  backward({ gradients, attributes: { size } }) {
    const dy = gradients[0] as tf.Tensor4D;
    return [sums(tf.mul(dy, shares(dy.shape, size)), size)];
  },
};

/**
 * The mean of the `size` x `size` pixels around each pixel of `x` [N,H,W,C], of those that the image has: PyTorch's
 * `avg_pool2d` with stride 1, padding floor(size / 2) and `count_include_pad=False`.
 *
 * @throws SparnetError `bad-argument` unless `size` is an odd integer.
 */
export function averageNeighbours(x: tf.Tensor4D, size: number): tf.Tensor4D {
  checkInteger('size', size, 1);
  if (size % 2 === 0) throw invalid('size', 'odd integer', size);
  return runOne(operation, [x], { size });
}

/** The sum of each pixel's neighbours; its own adjoint. */
function sums(x: tf.Tensor4D, size: number): tf.Tensor4D {
  const side: [number, number] = [(size - 1) / 2, (size - 1) / 2];
  const wide: tf.Tensor4D = tf.pad(x, [[0, 0], side, side, [0, 0]]);
  return tf.mul(tf.avgPool(wide, size, 1, 'valid'), size ** 2);
}

/** One over the number of neighbours that each pixel has, [1,H,W,C]: not broadcast, which WASM is slow at. */
function shares([, height, width, channels]: tf.Tensor4D['shape'], size: number): tf.Tensor4D {
  const half = (size - 1) / 2;
  const inside = (place: number, length: number): number =>
    Math.min(place + half, length - 1) - Math.max(place - half, 0) + 1;
  const values = new Float32Array(height * width * channels);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels;
      values.fill(1 / (inside(row, height) * inside(column, width)), from, from + channels);
    }
  }
  return tf.tensor4d(values, [1, height, width, channels]);
}
