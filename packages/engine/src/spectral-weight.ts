import { invalid } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { currentValue, recordUpdate } from './buffer-update.ts';
import { checkChannels } from './check-channels.ts';
import { runOne, type Operation } from './operation.ts';
import { leastLength, powerIteration } from './power-iteration.ts';
import { scaleShift } from './scale-shift.ts';
import { onWasm } from './wasm-heap.ts';

interface Attributes {
  /** v^T W u, where it is known. */
  sigma?: number;
}

const operation: Operation<Attributes> = {
  name: 'SparnetSpectralWeight',
  inputNames: ['filter', 'u', 'v'],
  keepsInputs: [1, 2],
  keepsOutputs: [0, 1],
  forward([filter, u, v], { sigma: known }) {
    const sigma = known === undefined ? sigmaOf(filter as tf.Tensor4D, u, v) : tf.scalar(known);
    return [divided(filter as tf.Tensor4D, sigma), sigma];
  },
  // With Y = W / sigma and sigma = v^T W u: dW = (dY - <dY, Y> v u^T) / sigma. u and v are constants.
  backward({ gradients: [dy], inputs: [u, v], outputs: [weight, sigma], needs }) {
    if (!dy || !needs[0]) return [undefined, undefined, undefined];
    // In two stages, so that float32 sums stay short and accurate.
    const inner = tf.sum(tf.sum(tf.mul(matrix(dy as tf.Tensor4D), matrix(weight as tf.Tensor4D)), 1));
    const outer = tf.matMul(column(v), tf.mul(row(u), inner));
    const { shape } = weight as tf.Tensor4D;
    return [divided(tf.sub<tf.Tensor4D>(dy, tf.reshape(outer, shape)), sigma as tf.Tensor)];
  },
};

/** Estimates of the singular vectors of a filter's largest singular value. Variables that are not trained. */
export interface SingularVectors {
  /** [D]: a value an output channel. */
  u: tf.Variable<tf.Rank.R1>;
  /** [K,K,C]: a value a tap. */
  v: tf.Variable<tf.Rank.R3>;
}

/**
 * Spectral normalisation (Miyato et al., ICLR 2018), as `torch.nn.utils.spectral_norm` does it: the filter, as a matrix W
 * of all taps by output channels, divided by sigma = v^T W u, its largest singular value when `u` and `v` are right.
 * The gradient flows through sigma too; `u` and `v` are constants.
 *
 * @param filter - [K,K,C,D].
 * @param options.iterate - Before that bring the vectors nearer, by one power iteration outside any gradient:
 *   v = W u / |W u|, then u = W^T v / |W^T v|. Through {@link recordUpdate}.
 * @returns [K,K,C,D].
 * @throws SparnetError `bad-argument` when a vector has another shape.
 */
export function spectralWeight(
  filter: tf.Tensor4D,
  { u, v }: SingularVectors,
  { iterate = false }: { iterate?: boolean } = {},
): tf.Tensor4D {
  checkVectors(filter, u, v);
  const attributes = iterate ? iteratePower(filter, { u, v }) : {};
  return runOne(operation, [filter, currentValue(u), currentValue(v)], attributes);
}

/** On plain numbers where they can be had at once: in place of some twenty small kernels a filter. */
function iteratePower(filter: tf.Tensor4D, { u, v }: SingularVectors): Attributes {
  if (tf.getBackend() === 'webgpu') return iterateOnDevice(filter, { u, v });
  const numbers = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array;
  const next = powerIteration(numbers(filter), numbers(currentValue(u)));
  recordUpdate(v, () => tf.tensor(next.v, v.shape));
  recordUpdate(u, () => tf.tensor(next.u, u.shape));
  return { sigma: next.sigma };
}

function iterateOnDevice(filter: tf.Tensor4D, { u, v }: SingularVectors): Attributes {
  const weights = matrix(filter);
  recordUpdate(v, () => tf.reshape(unit(tf.matMul(weights, column(currentValue(u)))), v.shape));
  recordUpdate(u, () => tf.reshape(unit(tf.matMul(row(currentValue(v)), weights)), u.shape));
  return {};
}

function sigmaOf(filter: tf.Tensor4D, u: tf.Tensor | undefined, v: tf.Tensor | undefined): tf.Scalar {
  return tf.sum(tf.mul(tf.matMul(matrix(filter), column(u)), column(v)));
}

function checkVectors(filter: tf.Tensor4D, u: tf.Tensor, v: tf.Tensor): void {
  checkChannels(filter.shape[3], { u });
  const taps = filter.shape.slice(0, 3);
  if (!tf.util.arraysEqual(v.shape, taps)) throw invalid('v', `shape [${taps.join(', ')}]`, v.shape);
}

function matrix(filter: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(filter, [-1, filter.shape[3]]);
}

function column(vector: tf.Tensor | undefined): tf.Tensor2D {
  return tf.reshape(vector as tf.Tensor, [-1, 1]);
}

function row(vector: tf.Tensor | undefined): tf.Tensor2D {
  return tf.reshape(vector as tf.Tensor, [1, -1]);
}

function unit(vector: tf.Tensor): tf.Tensor {
  return tf.div(vector, tf.maximum(tf.sqrt(tf.sum(tf.square(vector))), leastLength));
}

/** By way of {@link scaleShift} on WASM, where broadcasting is slow. */
function divided(filter: tf.Tensor4D, sigma: tf.Tensor): tf.Tensor4D {
  if (!onWasm()) return tf.div(filter, sigma);
  return scaleShift(filter, tf.div(tf.ones([filter.shape[3]]), sigma));
}
