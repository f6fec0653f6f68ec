import { checkInteger, invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkChannels } from './check-channels.ts';
import { runOne, type Operation } from './operation.ts';
import { channelMean } from './spatial-mean.ts';

interface Attributes {
  stride: number;
  /** Zeros on each side of height and of width. */
  padding: readonly [rows: number, columns: number];
}

const operation: Operation<Attributes> = {
  name: 'SparnetGeneralConv2d',
  inputNames: ['x', 'filter', 'bias'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward([x, filter, bias], { stride, padding }) {
    const wide = enlarged(x as tf.Tensor4D, padding);
    const given = { x: wide, filter: filter as tf.Tensor4D, strides: stride, pad: 'valid' as const };
    return [bias ? tf.fused.conv2d({ ...given, bias }) : tf.conv2d(wide, given.filter, stride, 'valid')];
  },
  backward({ gradients, inputs, attributes, needs }) {
    const dy = gradients[0] as tf.Tensor4D;
    const [x, filter] = inputs as [tf.Tensor4D, tf.Tensor4D];
    return [
      needs[0] ? inputGradient(dy, filter, x.shape, attributes) : undefined,
      needs[1] ? filterGradient(enlarged(x, attributes.padding), dy, filter.shape, attributes) : undefined,
      needs[2] ? tf.mul(channelMean(dy), dy.size / dy.shape[3]) : undefined,
    ];
  },
};

/**
 * A 2D convolution with zero padding for the shapes that `conv2d` refuses: a filter that is not square, padding that
 * differs between height and width, any stride. Its gradient by the filter is slower.
 *
 * @param x - [N,H,W,C].
 * @param filter - [R,S,C,D].
 * @param bias - [D], or undefined.
 * @param options.padding - Zeros on each side of height and of width.
 * @returns [N,H',W',D] with H' = floor((H + 2 padding - R) / stride) + 1.
 * @throws SparnetError `bad-argument` for shapes that don't fit together, an input smaller than the filter, or a stride
 *   or padding that is no such integer.
 */
export function generalConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias?: tf.Tensor1D,
  { stride = 1, padding = [0, 0] }: { stride?: number; padding?: readonly [number, number] } = {},
): tf.Tensor4D {
  checkInteger('stride', stride, 1);
  for (const size of padding) checkInteger('padding', size);
  const [rows, columns, channelsIn, channelsOut] = filter.shape;
  const [batch, height, width, channels] = x.shape;
  if (channels !== channelsIn) throw invalid('x', `${channelsIn} channels`, x.shape);
  checkChannels(channelsOut, { bias });
  if (batch < 1 || height + 2 * padding[0] < rows || width + 2 * padding[1] < columns) {
    throw invalid('x', `at least one image, no smaller than the filter of ${rows}x${columns}`, x.shape);
  }
  return runOne(operation, bias ? [x, filter, bias] : [x, filter], { stride, padding });
}

function enlarged(x: tf.Tensor4D, [rows, columns]: Attributes['padding']): tf.Tensor4D {
  if (rows + columns === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ]);
}

/**
 * With a stride the input is seen as blocks of stride x stride pixels, whose values are channels: a convolution of
 * blocks has no stride. Its adjoint is a convolution with the filter turned round, on every engine.
 */
function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: tf.Tensor4D['shape'],
  { stride, padding }: Attributes,
): tf.Tensor4D {
  const ofBlocks = stride === 1 ? filter : filterOfBlocks(filter, stride);
  const [rows, columns] = ofBlocks.shape;
  const turned: tf.Tensor4D = tf.transpose(tf.reverse(ofBlocks, [0, 1]), [0, 1, 3, 2]);
  const found = tf.conv2d(enlarged(dy, [rows - 1, columns - 1]), turned, 1, 'valid');
  const pixels = stride === 1 ? found : fromBlocks(found, stride);
  // What no window reaches lies behind; the padding, and blocks that hang over the edge, are cut off.
  const [, height, width] = shape;
  const reached: tf.Tensor4D = tf.pad(pixels, [
    [0, 0],
    [0, Math.max(padding[0] + height - pixels.shape[1], 0)],
    [0, Math.max(padding[1] + width - pixels.shape[2], 0)],
    [0, 0],
  ]);
  return tf.slice(reached, [0, ...padding, 0], shape);
}

/** [R,S,C,D] as [R / stride, S / stride, stride * stride * C, D], zeros where it doesn't divide. */
function filterOfBlocks(filter: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [rows, columns, channels, outputs] = filter.shape;
  const [down, across] = [Math.ceil(rows / stride), Math.ceil(columns / stride)];
  const whole = tf.pad(filter, [
    [0, down * stride - rows],
    [0, across * stride - columns],
    [0, 0],
    [0, 0],
  ]);
  const split = tf.reshape(whole, [down, stride, across, stride, channels, outputs]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3, 4, 5]), [
    down,
    across,
    stride * stride * channels,
    outputs,
  ]);
}

/** Blocks [N,H,W,stride * stride * C] as pixels [N,H * stride,W * stride,C]. */
function fromBlocks(blocks: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [batch, height, width, values] = blocks.shape;
  const channels = values / stride ** 2;
  const split = tf.reshape(blocks, [batch, height, width, stride, stride, channels]);
  return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [
    batch,
    height * stride,
    width * stride,
    channels,
  ]);
}

/** A matrix product for each place in the filter. */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [rows, columns, channels, outputs]: tf.Tensor4D['shape'],
  { stride }: Attributes,
): tf.Tensor4D {
  const [batch, height, width] = dy.shape;
  const gradients: tf.Tensor2D = tf.reshape(dy, [-1, outputs]);
  const products: tf.Tensor2D[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const end = [batch, row + (height - 1) * stride + 1, column + (width - 1) * stride + 1, channels];
      const met = tf.stridedSlice(x, [0, row, column, 0], end, [1, stride, stride, 1]);
      products.push(tf.matMul(tf.reshape(met, [-1, channels]), gradients, true));
    }
  }
  return tf.reshape(tf.concat(products, 0), [rows, columns, channels, outputs]);
}
