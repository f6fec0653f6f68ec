import * as tf from '@tensorflow/tfjs-core';
import { runOne, type Operation } from './operation.ts';

const operation: Operation<object> = {
  name: 'SparnetSoftplus',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [],
  forward: ([x]) => [composed(x as tf.Tensor)],
  backward: ({ gradients: [dy], inputs: [x] }) => [tf.mul(dy as tf.Tensor, tf.sigmoid(x as tf.Tensor))],
};

/** log(1 + exp(x)), for any finite `x` [N,H,W,C] without overflow. */
export function softplus(x: tf.Tensor4D): tf.Tensor4D {
  return runOne(operation, [x], {});
}

/** Below it, log(1 + x) is computed by its series: that of WASM and WebGPU loses what is far below 1. */
const small = 1e-3;

/** exp is given no positive number, so that nothing overflows. */
function composed(x: tf.Tensor): tf.Tensor {
  const power = tf.exp(tf.neg(tf.abs(x)));
  const series = tf.mul(power, tf.sub(1, tf.mul(power, tf.sub(0.5, tf.div(power, 3)))));
  return tf.add(tf.relu(x), tf.where(tf.less(power, small), series, tf.log1p(power)));
}
