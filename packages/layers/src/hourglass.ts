import { checkInteger } from '@sparnet/core';
import { add, cropTo, scope } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import type { ActivationType } from './activation.ts';
import { ConvLayer, type Scale } from './conv-layer.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';
import type { NormType } from './norm.ts';

export interface HourglassOptions extends ModuleOptions {
  inChannels: number;
  /** Channels of every layer inside and of the result. */
  width: number;
  /** How often height and width are halved, at least once. The smallest map must stay at least 2x2. */
  depth: number;
  norm: NormType;
  activation: ActivationType;
  spectralNorm?: boolean;
}

/** One size of an hourglass: past the smaller sizes, down to them, and up from them. */
interface Level {
  around: ConvLayer;
  down: ConvLayer;
  up: ConvLayer;
}

/**
 * The hourglass of a Face Attention Unit (figure 3, right): convolutions down to the smallest size and up again, with
 * a convolution around at every size. Keeps height and width, odd ones too.
 */
export class Hourglass extends Module {
  /** From the smallest size to the largest. */
  readonly #levels: Level[];
  readonly #bottom: ConvLayer;

  constructor({
    inChannels,
    width,
    depth,
    norm,
    activation,
    spectralNorm = false,
    ...place
  }: HourglassOptions) {
    super(place);
    checkInteger('depth', depth, 1);
    const common = { outChannels: width, norm, activation, spectralNorm };
    const layer = (name: string, channels: number, scale: Scale): ConvLayer =>
      this.child(name, (inside) => new ConvLayer({ ...inside, ...common, inChannels: channels, scale }));
    const numbers = Array.from({ length: depth }, (_, index) => index + 1);
    const descent = numbers.toReversed().map((number) => ({
      around: layer(`b1_${number}`, number === depth ? inChannels : width, 'none'),
      down: layer(`b2_${number}`, number === depth ? inChannels : width, 'down'),
    }));
    this.#bottom = layer('b2_plus_1', width, 'none');
    const ascent = numbers.map((number) => layer(`b3_${number}`, width, 'up'));
    this.#levels = descent.toReversed().map((level, index) => ({ ...level, up: ascent[index] as ConvLayer }));
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    const descend = (features: tf.Tensor4D, count: number): tf.Tensor4D =>
      scope(() => {
        const level = this.#levels[count - 1];
        if (!level) return this.#bottom.forward(features, { training });
        const around = level.around.forward(features, { training });
        const smaller = descend(level.down.forward(features, { training }), count - 1);
        const back = level.up.forward(smaller, { training });
        // Of an odd size the way down and up makes one row or column too many.
        return add(around, sameSize(back, around) ? back : cropTo(back, [around.shape[1], around.shape[2]]));
      });
    return descend(x, this.#levels.length);
  }

  /** The shape of the result; `visit` is told about every layer. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    const descend = (shape: FeatureShape, count: number): FeatureShape => {
      const level = this.#levels[count - 1];
      if (!level) return this.#bottom.trace(shape, visit);
      const around = level.around.trace(shape, visit);
      level.up.trace(descend(level.down.trace(shape, visit), count - 1), visit);
      return around;
    };
    return descend(input, this.#levels.length);
  }
}

function sameSize(a: tf.Tensor4D, b: tf.Tensor4D): boolean {
  return a.shape[1] === b.shape[1] && a.shape[2] === b.shape[2];
}
