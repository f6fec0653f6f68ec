import { maxPool, normaliseChannels, relu } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';

/** What the filter of a convolution does not say by itself. */
export interface ConvolutionSpec {
  /** Height and width of the filter. */
  size: readonly [rows: number, columns: number];
  stride: number;
  /** Zeros on each side of height and width. */
  padding: readonly [rows: number, columns: number];
}

/** Runs the convolution of a layer that has this name. */
export type Convolve = (name: string, x: tf.Tensor4D) => tf.Tensor4D;

/** A layer, or block of layers, whose output may be tapped. */
export interface Layer {
  /** As in torchvision's state dict. */
  name: string;
  /** By their names inside the layer; empty for a layer that is a convolution itself. */
  convolutions: Record<string, ConvolutionSpec>;
  forward(x: tf.Tensor4D, convolve: Convolve): tf.Tensor4D;
}

/** A network without its weights. */
export interface Architecture {
  layers: readonly Layer[];
  /** Of a convolution: a bias of its own, or a batch norm and a ReLU behind it (torchvision's `BasicConv2d`). */
  convolution: 'biased' | 'normalised';
  /** Brings RGB in [-1, 1] into the form that the network was trained on. */
  prepare(x: tf.Tensor4D): tf.Tensor4D;
  /** Keys of the whole network that no layer here needs. */
  unused: RegExp;
  taps: readonly string[];
}

/** A square filter, and any of `spec`. */
export function square(
  size: number,
  { stride = 1, padding = 0 }: { stride?: number; padding?: number } = {},
): ConvolutionSpec {
  return { size: [size, size], stride, padding: [padding, padding] };
}

export function convolutionLayer(name: string, spec: ConvolutionSpec): Layer {
  return { name, convolutions: { '': spec }, forward: (x, convolve) => convolve('', x) };
}

export function reluLayer(name: string): Layer {
  return { name, convolutions: {}, forward: relu };
}

export function maxPoolLayer(name: string, options: Parameters<typeof maxPool>[1]): Layer {
  return { name, convolutions: {}, forward: (x) => maxPool(x, options) };
}

/** Less ImageNet's mean, over its deviation: 0.485 and 0.229 and so on of [0, 1], here of [-1, 1]. */
export function imagenetNormalised(x: tf.Tensor4D): tf.Tensor4D {
  return normaliseChannels(x, { mean: [-0.03, -0.088, -0.188], deviation: [0.458, 0.448, 0.45] });
}
