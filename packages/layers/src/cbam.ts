import { checkInteger } from '@sparnet/core';
import {
  add,
  concatChannels,
  maxOverChannels,
  maxOverSpace,
  meanOverChannels,
  meanOverSpace,
  multiply,
  scope,
  sigmoid,
} from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { ConvLayer } from './conv-layer.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';

export interface CbamOptions extends ModuleOptions {
  channels: number;
  /** The inner layer of the channel weights has `channels / reduction` channels, at least one. */
  reduction?: number;
  spectralNorm?: boolean;
}

/**
 * The convolutional block attention module (Woo et al., ECCV 2018, equations 1 to 3), which the paper compares with:
 * first a weight a channel, from its mean and maximum through one shared network, then a weight a pixel, from mean and
 * maximum over the channels through a 7x7 convolution.
 */
export class Cbam extends Module {
  readonly #down: ConvLayer;
  readonly #up: ConvLayer;
  readonly #toMap: ConvLayer;

  constructor({ channels, reduction = 16, spectralNorm = false, ...place }: CbamOptions) {
    super(place);
    checkInteger('channels', channels, 1);
    checkInteger('reduction', reduction, 1);
    const inner = Math.max(1, Math.floor(channels / reduction));
    this.#down = this.child(
      'channel.down',
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
      'channel.up',
      (inside) =>
        new ConvLayer({ ...inside, inChannels: inner, outChannels: channels, kernelSize: 1, spectralNorm }),
    );
    this.#toMap = this.child(
      'spatial',
      (inside) =>
        new ConvLayer({
          ...inside,
          inChannels: 2,
          outChannels: 1,
          kernelSize: 7,
          padding: 'zero',
          spectralNorm,
        }),
    );
  }

  override forward(features: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const shared = (statistic: tf.Tensor4D): tf.Tensor4D =>
        this.#up.forward(this.#down.forward(statistic, { training }), { training });
      const weights = sigmoid(add(shared(meanOverSpace(features)), shared(maxOverSpace(features))));
      const weighted = multiply(features, weights);
      const map = this.#toMap.forward(
        concatChannels([meanOverChannels(weighted), maxOverChannels(weighted)]),
        { training },
      );
      return multiply(weighted, sigmoid(map));
    });
  }

  /** The shape of the result, that of the input; `visit` is told about every layer. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    const shared = (told: LayerVisitor): unknown =>
      this.#up.trace(this.#down.trace([1, 1, input[2]], told), told);
    shared(visit);
    // On the maxima the same weights work again.
    shared((layer) => visit({ ...layer, parameters: 0 }));
    this.#toMap.trace([input[0], input[1], 2], visit);
    return input;
  }
}
