import * as tf from '@tensorflow/tfjs-core';
import { filterGradientKernel, inputGradientKernel } from './conv2d-gradient-kernels.ts';
import { filterGradientNatively, inputGradientNatively } from './conv2d-gradients-on-native.ts';
import { filterGradientOnHeap } from './filter-gradient-on-heap.ts';
import { inputGradientOnHeap } from './input-gradient-on-heap.ts';
import { onNative } from './native.ts';
import { onWasm } from './wasm-heap.ts';

type Shape4D = [number, number, number, number];

/**
 * The gradient of a convolution without padding by its filter, [K,K,C,D].
 *
 * @param x - The convolution's (padded) input, [N,H,W,C].
 * @param dy - The gradient of its output, [N,H',W',D].
 */
export function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D, stride: 1 | 2): tf.Tensor4D {
  if (onWasm()) return filterGradientOnHeap(x, dy, shape, stride);
  if (onNative()) return filterGradientNatively(x, dy, shape, stride);
  // That of the plain JavaScript engine takes fifty times as long as its convolution.
  if (tf.getBackend() === 'cpu') return byConvolution(x, dy, shape, stride);
  return filterGradientKernel(x, dy, shape, stride);
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
  if (onWasm()) return inputGradientOnHeap(dy, filter, shape, stride);
  if (onNative()) return inputGradientNatively(dy, filter, shape, stride);
  return inputGradientKernel(dy, filter, shape, stride);
}

/** A convolution in which channels are images, images are channels, and dy is the filter. */
function byConvolution(x: tf.Tensor4D, dy: tf.Tensor4D, shape: Shape4D, stride: 1 | 2): tf.Tensor4D {
  const [size, , channelsIn, channelsOut] = shape;
  const images: tf.Tensor4D = tf.transpose(x, [3, 1, 2, 0]);
  const filter: tf.Tensor4D = tf.transpose(dy, [1, 2, 0, 3]);
  const result = tf.conv2d(images, filter, 1, 'valid', 'NHWC', stride);
  // With stride 2 the last row or column of x may lie past every window.
  const exact = tf.slice(result, [0, 0, 0, 0], [channelsIn, size, size, channelsOut]);
  return tf.transpose(exact, [1, 2, 0, 3]);
}
