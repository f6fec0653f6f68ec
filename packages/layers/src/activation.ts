import { checkOneOf } from '@sparnet/core';
import { leakyRelu, prelu, relu, selu } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { constantValues } from './initial-values.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ModuleOptions } from './module.ts';

/** The activations of the released networks. */
export const activationTypes = ['leaky-relu', 'prelu', 'relu', 'selu', 'none'] as const;
export type ActivationType = (typeof activationTypes)[number];

const leakySlope = 0.2;
const initialSlope = 0.25;

const functions: Record<ActivationType, (x: tf.Tensor4D, slopes?: tf.Tensor1D) => tf.Tensor4D> = {
  'leaky-relu': (x) => leakyRelu(x, leakySlope),
  prelu: (x, slopes) => prelu(x, slopes as tf.Tensor1D),
  relu: (x) => relu(x),
  selu: (x) => selu(x),
  none: (x) => x,
};

export interface ActivationOptions extends ModuleOptions {
  type: ActivationType;
  channels: number;
}

/**
 * LeakyReLU (slope 0.2), PReLU (a learned slope a channel, 0.25 at first), ReLU, SELU or nothing.
 *
 * @throws SparnetError `bad-argument` for an unknown type.
 */
export class Activation extends Module {
  readonly #type: ActivationType;
  readonly #slopes: tf.Variable<tf.Rank.R1> | undefined;

  constructor({ type, channels, ...place }: ActivationOptions) {
    super(place);
    checkOneOf('type', type, activationTypes);
    this.#type = type;
    if (type === 'prelu') {
      this.#slopes = this.vector('func.weight', channels, constantValues(channels, initialSlope));
    }
  }

  override forward(x: tf.Tensor4D): tf.Tensor4D {
    return functions[this.#type](x, this.#slopes);
  }

  /** The shape after this layer; `visit` is told if it has weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    const parameters = this.parameterCount();
    if (parameters > 0)
      visit({ name: this.name, kind: 'activation', output: input, parameters, multiplyAdds: 0 });
    return input;
  }
}

/** Does the released code write the activation's result over its input? */
export function activatesInPlace(type: ActivationType): boolean {
  return type === 'leaky-relu' || type === 'relu' || type === 'selu';
}
