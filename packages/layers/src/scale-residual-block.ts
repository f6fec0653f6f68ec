import { checkInteger, checkOneOf } from '@sparnet/core';
import { add, scope } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { activatesInPlace, Activation, activationTypes, type ActivationType } from './activation.ts';
import { ConvLayer, scaleTypes, type Scale } from './conv-layer.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';
import { Norm, normTypes, type NormType } from './norm.ts';

export interface ScaleResidualBlockOptions extends ModuleOptions {
  inChannels: number;
  outChannels: number;
  scale?: Scale;
  norm?: NormType;
  activation?: ActivationType;
  /** Of every convolution. */
  spectralNorm?: boolean;
}

/**
 * The feature branch of a Face Attention Unit (figure 3, left): a pre-activation residual block that may halve or
 * double height and width, upsampling in its first convolution or striding in its second.
 *
 * @throws SparnetError `bad-argument` for an option that is not among its choices.
 */
export class ScaleResidualBlock extends Module {
  /** Undefined where the shortcut is the identity. */
  readonly #shortcut: ConvLayer | undefined;
  readonly #norm: Norm;
  readonly #activation: Activation;
  readonly #conv1: ConvLayer;
  readonly #conv2: ConvLayer;
  readonly #shortcutIsActivated: boolean;

  constructor({
    inChannels,
    outChannels,
    scale = 'none',
    norm = 'batch',
    activation = 'leaky-relu',
    spectralNorm = false,
    ...place
  }: ScaleResidualBlockOptions) {
    super(place);
    checkInteger('inChannels', inChannels, 1);
    checkInteger('outChannels', outChannels, 1);
    checkOneOf('scale', scale, scaleTypes);
    checkOneOf('norm', norm, normTypes);
    checkOneOf('activation', activation, activationTypes);
    if (scale !== 'none' || inChannels !== outChannels) {
      this.#shortcut = this.child(
        'shortcut_func',
        (inside) => new ConvLayer({ ...inside, inChannels, outChannels, scale, spectralNorm }),
      );
    }
    this.#norm = this.child(
      'preact_func.0',
      (inside) => new Norm({ ...inside, type: norm, channels: inChannels }),
    );
    this.#activation = this.child(
      'preact_func.1',
      (inside) => new Activation({ ...inside, type: activation, channels: inChannels }),
    );
    const layer = { norm, spectralNorm };
    const up = scale === 'up' ? 'up' : 'none';
    const down = scale === 'down' ? 'down' : 'none';
    this.#conv1 = this.child(
      'conv1',
      (inside) => new ConvLayer({ ...inside, inChannels, outChannels, scale: up, activation, ...layer }),
    );
    this.#conv2 = this.child(
      'conv2',
      (inside) => new ConvLayer({ ...inside, inChannels: outChannels, outChannels, scale: down, ...layer }),
    );
    // Without a norm the released activations write over the block's input, which the identity then carries.
    this.#shortcutIsActivated = norm === 'none' && activatesInPlace(activation);
  }

  /** The two branches before they are added. `shortcut` may be `x` itself. */
  branches(
    x: tf.Tensor4D,
    { training = false }: ForwardOptions = {},
  ): { shortcut: tf.Tensor4D; features: tf.Tensor4D } {
    return scope(() => {
      const activated = this.#activation.forward(this.#norm.forward(x, { training }));
      const features = this.#conv2.forward(this.#conv1.forward(activated, { training }), { training });
      if (this.#shortcut) return { shortcut: this.#shortcut.forward(x, { training }), features };
      return { shortcut: this.#shortcutIsActivated ? activated : x, features };
    });
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const { shortcut, features } = this.branches(x, { training });
      return add(shortcut, features);
    });
  }

  /** The shape of the result; `visit` is told about every layer with weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    this.#shortcut?.trace(input, visit);
    const activated = this.#activation.trace(this.#norm.trace(input, visit), visit);
    return this.#conv2.trace(this.#conv1.trace(activated, visit), visit);
  }
}
