import { checkInteger, checkOneOf } from '@sparnet/core';
import { multiply, scope, sigmoid } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { ConvLayer } from './conv-layer.ts';
import { Hourglass } from './hourglass.ts';
import type { ActivationType } from './activation.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';
import type { NormType } from './norm.ts';

/** One map for all channels (`2d`), or one a channel (`3d`). */
export const attentionTypes = ['2d', '3d'] as const;
export type AttentionType = (typeof attentionTypes)[number];

export interface SpatialAttentionOptions extends ModuleOptions {
  channels: number;
  type: AttentionType;
  hourglassWidth: number;
  /** 0: no attention. */
  hourglassDepth: number;
  norm: NormType;
  activation: ActivationType;
  spectralNorm?: boolean;
}

/**
 * The attention branch of a Face Attention Unit: an hourglass, a convolution and a sigmoid make a map
 * between 0 and 1 of where the features matter.
 *
 * @throws SparnetError `bad-argument` for an option that is not among its choices.
 */
export class SpatialAttention extends Module {
  readonly #hourglass: Hourglass | undefined;
  readonly #toMap: ConvLayer | undefined;

  constructor({
    channels,
    type,
    hourglassWidth,
    hourglassDepth,
    norm,
    activation,
    spectralNorm = false,
    ...place
  }: SpatialAttentionOptions) {
    super(place);
    checkOneOf('type', type, attentionTypes);
    checkInteger('hourglassDepth', hourglassDepth);
    if (hourglassDepth === 0) return;
    const width = hourglassWidth;
    const layers = { norm, activation, spectralNorm };
    this.#hourglass = this.child(
      '',
      (here) => new Hourglass({ ...here, ...layers, inChannels: channels, width, depth: hourglassDepth }),
    );
    const outChannels = type === '2d' ? 1 : channels;
    this.#toMap = this.child(
      'out_block.0',
      (inside) => new ConvLayer({ ...inside, inChannels: width, outChannels, spectralNorm }),
    );
  }

  /** The map of `features`: [N,H,W,1] or [N,H,W,C]; undefined when the hourglass has depth 0. */
  map(features: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D | undefined {
    const hourglass = this.#hourglass;
    const toMap = this.#toMap;
    if (!hourglass || !toMap) return undefined;
    return scope(() => sigmoid(toMap.forward(hourglass.forward(features, { training }), { training })));
  }

  /** `features` weighted by their map; `features` itself when the hourglass has depth 0. */
  override forward(features: tf.Tensor4D, { training = false, attention }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const map = this.map(features, { training });
      if (!map) return features;
      attention?.(this.name, map);
      return multiply(features, map);
    });
  }

  /** The shape of the result, that of the input; `visit` is told about every layer. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    if (this.#hourglass) this.#toMap?.trace(this.#hourglass.trace(input, visit), visit);
    return input;
  }
}
