import { checkOneOf } from '@sparnet/core';
import { add, scope } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { Cbam } from './cbam.ts';
import { ChannelAttention } from './channel-attention.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions } from './module.ts';
import { ScaleResidualBlock, type ScaleResidualBlockOptions } from './scale-residual-block.ts';

/** The attentions that a block may have besides the spatial one. */
export const channelAttentionTypes = ['channel-attention', 'cbam'] as const;
export type ChannelAttentionType = (typeof channelAttentionTypes)[number];

export interface AttendedResidualBlockOptions extends ScaleResidualBlockOptions {
  attention: ChannelAttentionType;
}

/** What the paper's ablation puts in the place of a Face Attention Unit: the same block with another attention. */
export class AttendedResidualBlock extends Module {
  readonly #residual: ScaleResidualBlock;
  readonly #attention: ChannelAttention | Cbam;

  constructor({ attention, ...block }: AttendedResidualBlockOptions) {
    super(block);
    checkOneOf('attention', attention, channelAttentionTypes);
    this.#residual = this.child('', (here) => new ScaleResidualBlock({ ...block, ...here }));
    const { outChannels: channels, spectralNorm = false } = block;
    this.#attention = this.child('att_func', (inside) =>
      attention === 'cbam'
        ? new Cbam({ ...inside, channels, spectralNorm })
        : new ChannelAttention({ ...inside, channels, spectralNorm }),
    );
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const { shortcut, features } = this.#residual.branches(x, { training });
      return add(shortcut, this.#attention.forward(features, { training }));
    });
  }

  /** The shape of the result; `visit` is told about every layer with weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    return this.#attention.trace(this.#residual.trace(input, visit), visit);
  }
}
