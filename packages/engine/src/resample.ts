import { SparnetError, checkInteger, checkNumber, checkOneOf } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { resampleMatrix, resampleModes, type ResampleMode } from './resample-matrix.ts';

interface Attributes {
  mode: ResampleMode;
  height: number;
  width: number;
  /** Input size over output size as the source positions are computed with. */
  rowStep: number;
  columnStep: number;
  /** Of the input. */
  inputHeight: number;
  inputWidth: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetResample',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward([x], attributes) {
    const { rows, columns } = matrices(attributes);
    return [separable(x as tf.Tensor4D, rows, columns)];
  },
  backward({ gradients: [dy], attributes }) {
    const { rows, columns } = matrices(attributes);
    return [separable(dy as tf.Tensor4D, tf.transpose(rows), tf.transpose(columns))];
  },
};

/**
 * Resize `x` [N,H,W,C] as PyTorch's `interpolate` does with `align_corners=False` and no antialiasing: `nearest`,
 * `bilinear`, or `bicubic` (a = -0.75), borders repeated. With `scaleFactor` the output is floor(size * factor) and
 * source positions use the factor itself, as there. Two matrix products, so that the gradient is their exact adjoint.
 *
 * @throws SparnetError `bad-argument` unless exactly one of `size` and `scaleFactor` is given, or for an unknown mode.
 */
export function resample(
  x: tf.Tensor4D,
  { mode, size, scaleFactor }: { mode: ResampleMode; size?: readonly [number, number]; scaleFactor?: number },
): tf.Tensor4D {
  const [, inputHeight, inputWidth] = x.shape;
  checkOneOf('mode', mode, resampleModes);
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new SparnetError(
      'bad-argument',
      `resample takes either size or scaleFactor, got ${size ? 'both' : 'neither'}`,
    );
  }
  if (scaleFactor !== undefined) checkNumber('scaleFactor', scaleFactor, 0);
  const height = size?.[0] ?? Math.floor(inputHeight * (scaleFactor as number));
  const width = size?.[1] ?? Math.floor(inputWidth * (scaleFactor as number));
  checkInteger('height', height, 1);
  checkInteger('width', width, 1);
  const rowStep = scaleFactor === undefined ? inputHeight / height : 1 / scaleFactor;
  const columnStep = scaleFactor === undefined ? inputWidth / width : 1 / scaleFactor;
  return runOne(operation, [x], { mode, height, width, rowStep, columnStep, inputHeight, inputWidth });
}

function matrices(attributes: Attributes): { rows: tf.Tensor2D; columns: tf.Tensor2D } {
  const { mode, height, width, rowStep, columnStep, inputHeight, inputWidth } = attributes;
  return {
    rows: tf.tensor2d(resampleMatrix(mode, inputHeight, height, rowStep), [height, inputHeight]),
    columns: tf.tensor2d(resampleMatrix(mode, inputWidth, width, columnStep), [width, inputWidth]),
  };
}

/** `rows` applied along height and `columns` along width. */
function separable(x: tf.Tensor4D, rows: tf.Tensor2D, columns: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [newHeight, newWidth] = [rows.shape[0], columns.shape[0]];
  const byRow = tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [height, batch * width * channels]);
  const tall = tf.reshape(tf.matMul(rows, byRow), [newHeight, batch, width, channels]);
  const byColumn = tf.reshape(tf.transpose(tall, [2, 1, 0, 3]), [width, batch * newHeight * channels]);
  const wide = tf.reshape(tf.matMul(columns, byColumn), [newWidth, batch, newHeight, channels]);
  return tf.transpose(wide, [1, 2, 0, 3]) as tf.Tensor4D;
}
