import { checkInteger } from '@sparnet/core';
import { meanOverSpace, multiply, scope, sigmoid } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { ConvLayer } from './conv-layer.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';

export interface ChannelAttentionOptions extends ModuleOptions {
  channels: number;
  /** The inner layer has `channels / reduction` channels, at least one. */
  reduction?: number;
  spectralNorm?: boolean;
}

/**
 * RCAN's channel attention (Zhang et al., ECCV 2018), which the paper compares with: the mean of
 * each channel, through two 1x1 convolutions and a sigmoid, becomes its weight.
 */
export class ChannelAttention extends Module {
  readonly #down: ConvLayer;
  readonly #up: ConvLayer;

  constructor({ channels, reduction = 16, spectralNorm = false, ...place }: ChannelAttentionOptions) {
    super(place);
    checkInteger('channels', channels, 1);
    checkInteger('reduction', reduction, 1);
    const inner = Math.max(1, Math.floor(channels / reduction));
    this.#down = this.child(
      'down',
      (inside) =>
        new ConvLayer({
          ...inside,
          inChannels: channels,
          outChannels: inner,
          kernelSize: 1,
          activation: 'relu',
          spectralNorm,
        }),
    );
    this.#up = this.child(
      'up',
      (inside) =>
        new ConvLayer({ ...inside, inChannels: inner, outChannels: channels, kernelSize: 1, spectralNorm }),
    );
  }

  override forward(features: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const inner = this.#down.forward(meanOverSpace(features), { training });
      return multiply(features, sigmoid(this.#up.forward(inner, { training })));
    });
  }

  /** The shape of the result, that of the input; `visit` is told about every layer. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    this.#up.trace(this.#down.trace([1, 1, input[2]], visit), visit);
    return input;
  }
}
