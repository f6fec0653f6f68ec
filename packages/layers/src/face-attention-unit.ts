import { checkInteger, checkOneOf } from '@sparnet/core';
import { add, multiply, scope } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions } from './module.ts';
import { ScaleResidualBlock, type ScaleResidualBlockOptions } from './scale-residual-block.ts';
import { attentionTypes, SpatialAttention, type AttentionType } from './spatial-attention.ts';

export interface FaceAttentionUnitOptions extends ScaleResidualBlockOptions {
  attention?: AttentionType;
  hourglassWidth?: number;
  /** How often the attention branch halves height and width; 0: no attention. */
  hourglassDepth: number;
}

/**
 * The Face Attention Unit (figure 3): a residual block whose features are weighted by a map of where they
 * matter, made from the features themselves.
 *
 * @throws SparnetError `bad-argument` for an option that is not among its choices, and in `forward` when a map inside
 *   the hourglass becomes smaller than 2x2.
 */
export class FaceAttentionUnit extends Module {
  readonly #residual: ScaleResidualBlock;
  readonly #attention: SpatialAttention;

  constructor({
    attention = '2d',
    hourglassWidth = 64,
    hourglassDepth,
    norm = 'batch',
    activation = 'leaky-relu',
    spectralNorm = false,
    ...block
  }: FaceAttentionUnitOptions) {
    super(block);
    checkOneOf('attention', attention, attentionTypes);
    checkInteger('hourglassWidth', hourglassWidth, 1);
    checkInteger('hourglassDepth', hourglassDepth);
    this.#residual = this.child(
      '',
      (here) => new ScaleResidualBlock({ ...block, ...here, norm, activation, spectralNorm }),
    );
    const maps = {
      type: attention,
      hourglassWidth,
      hourglassDepth,
      channels: block.outChannels,
      norm,
      activation,
      spectralNorm,
    };
    this.#attention = this.child('att_func', (inside) => new SpatialAttention({ ...inside, ...maps }));
  }

  override forward(x: tf.Tensor4D, { training = false, attention }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const { shortcut, features } = this.#residual.branches(x, { training });
      const map = this.#attention.map(features, { training });
      if (!map) return add(shortcut, features);
      attention?.(this.name, map);
      return add(shortcut, multiply(features, map));
    });
  }

  /** The shape of the result; `visit` is told about every layer with weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    return this.#attention.trace(this.#residual.trace(input, visit), visit);
  }
}
