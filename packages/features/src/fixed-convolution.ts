import { SparnetError } from '@sparnet/core';
import { conv2d, generalConv2d, relu, scope } from '@sparnet/engine';
import { filterFromDisk, filterShapeOnDisk } from '@sparnet/layers';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import type { Architecture, ConvolutionSpec } from './architectures/architecture.ts';

/** torchvision's `BasicConv2d`. */
const epsilon = 0.001;

/** A convolution with weights that no optimiser sees. */
export interface FixedConvolution {
  apply(x: tf.Tensor4D): tf.Tensor4D;
  dispose(): void;
}

/** The state-dict keys of a convolution: its filter, and the vectors with a value for each output. */
export function keysOf(
  name: string,
  kind: Architecture['convolution'],
): { filter: string; vectors: string[] } {
  if (kind === 'biased') return { filter: `${name}.weight`, vectors: [`${name}.bias`] };
  const norm = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${name}.bn.${part}`);
  return { filter: `${name}.conv.weight`, vectors: norm };
}

/** The convolution `name` with its values in `state`, which must be there. A batch norm is made part of it. */
export function fixedConvolution(
  name: string,
  { size, stride, padding }: ConvolutionSpec,
  kind: Architecture['convolution'],
  state: StateDict,
): FixedConvolution {
  const keys = keysOf(name, kind);
  const [rows, columns] = size;
  const { shape } = state[keys.filter] as TensorData;
  const values = toFloat32(state[keys.filter] as TensorData);
  const vectors = keys.vectors.map((key) => toFloat32(state[key] as TensorData));
  const { filter, bias } =
    kind === 'biased'
      ? { filter: values, bias: Float32Array.from(vectors[0] as Float32Array) }
      : withNorm(values, vectors as [Float32Array, Float32Array, Float32Array, Float32Array]);
  const [outputs = 0, inputs = 0] = shape;
  const weights = scope(() =>
    tf.variable(tf.tensor4d(filterFromDisk(filter, shape), [rows, columns, inputs, outputs]), false),
  );
  const biases = scope(() => tf.variable(tf.tensor1d(bias), false));
  // That of `conv2d` is the faster gradient.
  const plain = rows === columns && stride <= 2 && padding[0] === padding[1];
  const convolve = (x: tf.Tensor4D): tf.Tensor4D =>
    plain
      ? conv2d(x, weights, biases, {
          stride: stride as 1 | 2,
          padding: { mode: 'zero', size: padding[0] },
        })
      : generalConv2d(x, weights, biases, { stride, padding });
  return {
    apply(x) {
      if (x.shape[3] !== inputs) {
        throw new SparnetError(
          'bad-state',
          `${keys.filter} [${filterShapeOnDisk(weights.shape).join(', ')}] takes ${inputs} channels, but what comes ` +
            `before it gives ${x.shape[3]}; check that all weights are of one network`,
        );
      }
      return kind === 'biased' ? convolve(x) : relu(convolve(x));
    },
    dispose: () => tf.dispose([weights, biases]),
  };
}

/** Batch norm by fixed statistics scales and shifts each output. In float64: rounded once. */
function withNorm(
  filter: Float32Array,
  [gamma, beta, mean, variance]: [Float32Array, Float32Array, Float32Array, Float32Array],
): { filter: Float32Array; bias: Float32Array } {
  const scales = Array.from(
    gamma,
    (value, output) => value / Math.sqrt((variance[output] as number) + epsilon),
  );
  const size = filter.length / gamma.length;
  return {
    filter: filter.map((value, place) => value * (scales[Math.floor(place / size)] as number)),
    bias: beta.map((value, output) => value - (mean[output] as number) * (scales[output] as number)),
  };
}
