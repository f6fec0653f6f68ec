import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';
import { spatialMean } from './spatial-mean.ts';

const operation: Operation<object> = {
  name: 'SparnetMultiply',
  inputNames: ['a', 'b'],
  keepsInputs: [0, 1],
  keepsOutputs: [],
  forward: ([a, b]) => [tf.mul(a as tf.Tensor4D, b as tf.Tensor4D)],
  backward({ gradients: [dy], inputs, needs }) {
    const [a, b] = inputs as [tf.Tensor4D, tf.Tensor4D];
    return [
      needs[0] ? tf.mul(dy as tf.Tensor4D, b) : undefined,
      needs[1] ? summedTo(tf.mul(dy as tf.Tensor4D, a), b.shape) : undefined,
    ];
  },
};

/**
 * The product of `a` [N,H,W,C] with `b`, which has its shape, or is a spatial map [N,H,W,1], or a channel's weights
 * [N,1,1,C].
 *
 * @throws SparnetError `bad-argument` for another shape of `b`.
 */
export function multiply(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = a.shape;
  const allowed = [a.shape, [batch, height, width, 1], [batch, 1, 1, channels]];
  if (!allowed.some((shape) => tf.util.arraysEqual(shape, b.shape))) {
    throw invalid('b', `shape ${allowed.map((shape) => `[${shape.join(', ')}]`).join(' or ')}`, b.shape);
  }
  return runOne(operation, [a, b], {});
}

function summedTo(product: tf.Tensor4D, shape: tf.Tensor4D['shape']): tf.Tensor {
  if (tf.util.arraysEqual(product.shape, shape)) return product;
  if (shape[3] === 1 && product.shape[3] !== 1) return tf.sum(product, 3, true);
  return tf.mul(spatialMean(product), product.shape[1] * product.shape[2]);
}
