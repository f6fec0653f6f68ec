import * as tf from '@tensorflow/tfjs-core';
import { blockSlice } from './block-slice.ts';
import { onWasm, writeOnHeap } from './wasm-heap.ts';

type Shape4D = [number, number, number, number];

/**
 * The gradient of a convolution without padding by its filter, [K,K,C,D].
 *
 * @param x - The convolution's (padded) input, [N,H,W,C].
 * @param dy - The gradient of its output, [N,H',W',D].
 */
export function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D, stride: 1 | 2): tf.Tensor4D {
  if (tf.getKernel('Conv2DBackpropFilter', tf.getBackend())) {
    return runOwnKernel(
      'Conv2DBackpropFilter',
      { x, dy },
      { ...kernelAttributes(stride), filterShape: shape },
    );
  }
  const [size, , channelsIn, channelsOut] = shape;
  if (size === 1 && stride === 1) {
    const rows = x.size / channelsIn;
    const columns = tf.transpose(tf.reshape(x, [rows, channelsIn]));
    return tf.reshape(tf.matMul(columns, tf.reshape(dy, [rows, channelsOut])), shape);
  }
  if (stride === 1 && channelsIn > 32 && channelsOut >= 16) return byMatrixProducts(x, dy, shape);
  return byConvolution(x, dy, shape, stride);
}

/** A convolution in which channels are images, images are channels, and dy is the filter. */
function byConvolution(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D, stride: 1 | 2): tf.Tensor4D {
  const [size] = shape;
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const result = tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid', 'NHWC', stride);
  const [channelsIn, height, width, channelsOut] = result.shape;
  const exact =
    height === size && width === size
      ? result
      : tf.slice(result, [0, 0, 0, 0], [channelsIn, size, size, channelsOut]);
  return tf.transpose(exact, [1, 2, 0, 3]);
}

/**
 * A matrix product for each place in the filter; for many channels faster than {@link byConvolution}. With the gradient
 * in the input's rows and columns, zeros behind it, a shift of the filter is a shift of the flattened pixels: the input
 * is transposed once, and each shift is a slice of it.
 */
function byMatrixProducts(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = shape;
  const [batch, height, width] = x.shape;
  const pixels = batch * height * width;
  const behind = size - 1;
  const spread = tf.pad(dy, [
    [0, 0],
    [0, behind],
    [0, behind],
    [0, 0],
  ]);
  // The last shift leaves this many pixels; behind them the gradient is zero anyway.
  const count = pixels - behind * width - behind;
  const gradients = tf.slice2d(tf.reshape(spread, [pixels, channelsOut]), [0, 0], [count, channelsOut]);
  const planes: tf.Tensor2D = tf.transpose(tf.reshape(x, [pixels, channelsIn]));
  const products: tf.Tensor2D[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const shifted = tf.slice2d(planes, [0, row * width + column], [channelsIn, count]);
      products.push(tf.matMul(shifted, gradients));
      shifted.dispose();
    }
  }
  return tf.reshape(tf.concat(products, 0), shape);
}

/**
 * The gradient of a convolution without padding by its input.
 *
 * @param dy - The gradient of its output, [N,H',W',D].
 * @param filter - [K,K,C,D].
 * @param shape - The (padded) input's, [N,H,W,C].
 */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: Shape4D,
  stride: 1 | 2,
): tf.Tensor4D {
  // tfjs' own kernel is four to eleven times slower on WASM than a convolution of the enlarged gradient.
  if (!onWasm()) {
    return runOwnKernel(
      'Conv2DBackpropInput',
      { dy, filter },
      { ...kernelAttributes(stride), inputShape: shape },
    );
  }
  const turned = turnedFilter(filter);
  const size = filter.shape[0];
  const spread = stride === 1 ? dy : stuffedWithZeros(dy);
  const [, height, width] = spread.shape;
  // Rows and columns past what the input reaches are the zeros stuffed in last: a smaller padding drops them.
  const after: [number, number] = [shape[1] - height, shape[2] - width];
  if (after[0] < 0 || after[1] < 0) {
    const kept = blockSlice(
      blockSlice(spread, 1, 0, Math.min(height, shape[1])),
      2,
      0,
      Math.min(width, shape[2]),
    );
    return paddedConvolution(kept, turned, size - 1, [Math.max(after[0], 0), Math.max(after[1], 0)]);
  }
  return paddedConvolution(spread, turned, size - 1, after);
}

/** The filter [K,K,C,D] turned by half, from outputs to inputs: [K,K,D,C]. */
function turnedFilter(filter: tf.Tensor4D): tf.Tensor4D {
  const [height, width, channelsIn, channelsOut] = filter.shape;
  const size = channelsIn * channelsOut;
  return writeOnHeap(filter, [height, width, channelsOut, channelsIn], (target, source) => {
    for (let tap = 0; tap < height * width; tap++) {
      const from = (height * width - 1 - tap) * size;
      let next = tap * size;
      for (let output = 0; output < channelsOut; output++) {
        for (let input = 0; input < channelsIn; input++) {
          target[next++] = source[from + input * channelsOut + output] as number;
        }
      }
    }
  });
}

function paddedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  before: number,
  after: [number, number],
): tf.Tensor4D {
  const padding: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [before, after[0]],
    [before, after[1]],
    [0, 0],
  ];
  return tf.conv2d(x, filter, 1, padding);
}

/** A zero behind each value along height and width: [N,2H,2W,C]. */
function stuffedWithZeros(dy: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = dy.shape;
  const columns = tf.reshape(tf.concat([dy, tf.zerosLike(dy)], 3), [batch, height, 2 * width * channels]);
  const rows = tf.concat([columns, tf.zerosLike(columns)], 2);
  return tf.reshape(rows, [batch, 2 * height, 2 * width, channels]);
}

function kernelAttributes(stride: number) {
  return { strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: undefined };
}

function runOwnKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor4D {
  const result: unknown = tf
    .engine()
    .runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
  return result as tf.Tensor4D;
}
