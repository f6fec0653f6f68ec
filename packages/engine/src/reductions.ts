import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { spatialMean } from './spatial-mean.ts';

interface Shaped {
  /** Of the input. */
  shape: tf.Tensor4D['shape'];
}

const meanOfSpace: Operation<Shaped> = {
  name: 'SparnetMeanOverSpace',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x]) => [spatialMean(x as tf.Tensor4D)],
  backward: ({ gradients: [dy], attributes: { shape } }) => [
    tf.add(tf.zeros(shape), tf.div(dy as tf.Tensor, shape[1] * shape[2])),
  ],
};

const meanOfChannels: Operation<Shaped> = {
  name: 'SparnetMeanOverChannels',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x]) => [tf.mean(x as tf.Tensor4D, 3, true)],
  backward: ({ gradients: [dy], attributes: { shape } }) => [
    tf.add(tf.zeros(shape), tf.div(dy as tf.Tensor, shape[3])),
  ],
};

const maximum: Operation<{ axes: number[] }> = {
  name: 'SparnetMaximumOver',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [0],
  forward: ([x], { axes }) => [tf.max(x as tf.Tensor4D, axes, true)],
  // Equal largest values share the gradient, as in PyTorch's amax.
  backward({ gradients: [dy], inputs: [x], outputs: [y], attributes: { axes } }) {
    // WebGPU's cast leaves the bytes of a bool, which its sum does not read; its product does, and makes floats.
    const largest = tf.mul(tf.cast(tf.equal(x as tf.Tensor, y as tf.Tensor), 'float32'), 1);
    return [tf.mul(largest, tf.div(dy as tf.Tensor, tf.sum(largest, axes, true)))];
  },
};

/** The mean over height and width of `x` [N,H,W,C], as [N,1,1,C]. */
export function meanOverSpace(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(meanOfSpace, [x], { shape: x.shape });
}

/** The mean over the channels of `x` [N,H,W,C], as [N,H,W,1]. */
export function meanOverChannels(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(meanOfChannels, [x], { shape: x.shape });
}

/** The largest value over height and width of `x` [N,H,W,C], as [N,1,1,C]. */
export function maxOverSpace(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(maximum, [x], { axes: [1, 2] });
}

/** The largest value over the channels of `x` [N,H,W,C], as [N,H,W,1]. */
export function maxOverChannels(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(maximum, [x], { axes: [3] });
}
