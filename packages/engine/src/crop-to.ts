import { checkInteger } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

interface Attributes {
  height: number;
  width: number;
  /** Of the input. */
  inputHeight: number;
  inputWidth: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetCropTo',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward([x], { height, width }) {
    const [batch, , , channels] = (x as tf.Tensor4D).shape;
    return [tf.slice(x as tf.Tensor4D, [0, 0, 0, 0], [batch, height, width, channels])];
  },
  backward({ gradients: [dy], attributes: { height, width, inputHeight, inputWidth } }) {
    const around: [number, number][] = [
      [0, 0],
      [0, inputHeight - height],
      [0, inputWidth - width],
      [0, 0],
    ];
    return [tf.pad(dy as tf.Tensor4D, around)];
  },
};

/**
 * The upper left `height` x `width` part of `x` [N,H,W,C].
 *
 * @throws SparnetError `bad-argument` when the part is larger than `x`.
 */
export function cropTo(x: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D {
  const [, inputHeight, inputWidth] = x.shape;
  checkInteger('height', height, 1, inputHeight);
  checkInteger('width', width, 1, inputWidth);
  return runOne(operation, [x], { height, width, inputHeight, inputWidth });
}
