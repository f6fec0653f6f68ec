import { checkInteger } from '@sparnet/core';
import { conv2d, scope, upsampleNearest2x } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { Activation, type ActivationType } from './activation.ts';
import { constantValues, normalValues } from './initial-values.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type FilterShape, type ForwardOptions, type ModuleOptions } from './module.ts';
import { hasAffine, Norm, type NormType } from './norm.ts';

/** What a layer does to height and width: twice, half (rounded up), or as they are. */
export type Scale = 'none' | 'up' | 'down';

export interface ConvLayerOptions extends ModuleOptions {
  inChannels: number;
  outChannels: number;
  kernelSize?: number;
  scale?: Scale;
  norm?: NormType;
  activation?: ActivationType;
  /** How the borders are filled, by half a kernel on each side; `none` makes the output smaller. */
  padding?: 'reflect' | 'zero' | 'none';
}

/**
 * The convolution of the released networks: nearest upsampling (`up`), padding by reflection, convolution (with
 * stride 2 for `down`; with a bias unless a norm with a shift follows), norm, activation.
 */
export class ConvLayer extends Module {
  readonly #kernelSize: number;
  readonly #scale: Scale;
  readonly #padding: { mode: 'reflect' | 'zero'; size: number } | undefined;
  readonly #weight: tf.Variable<tf.Rank.R4>;
  readonly #bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly #activation: Activation;
  readonly #norm: Norm;

  constructor({
    inChannels,
    outChannels,
    kernelSize = 3,
    scale = 'none',
    norm = 'none',
    activation = 'none',
    padding = 'reflect',
    ...place
  }: ConvLayerOptions) {
    super(place);
    checkInteger('inChannels', inChannels, 1);
    checkInteger('outChannels', outChannels, 1);
    checkInteger('kernelSize', kernelSize, 1);
    this.#kernelSize = kernelSize;
    this.#scale = scale;
    const size = Math.floor(kernelSize / 2);
    this.#padding = padding === 'none' || size === 0 ? undefined : { mode: padding, size };
    const shape: FilterShape = [kernelSize, kernelSize, inChannels, outChannels];
    const weights = normalValues(kernelSize ** 2 * inChannels * outChannels, { mean: 0, deviation: 0.02 });
    this.#weight = this.filter('conv2d.weight', shape, weights);
    if (!hasAffine(norm)) {
      this.#bias = this.vector('conv2d.bias', outChannels, constantValues(outChannels, 0));
    }
    // This order of the two is that of the released state dicts, not that of the forward pass.
    const channels = outChannels;
    this.#activation = this.child(
      'relu',
      (inside) => new Activation({ ...inside, type: activation, channels }),
    );
    this.#norm = this.child('norm', (inside) => new Norm({ ...inside, type: norm, channels }));
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    return scope(() => {
      const enlarged = this.#scale === 'up' ? upsampleNearest2x(x) : x;
      const stride = this.#scale === 'down' ? 2 : 1;
      const y = conv2d(enlarged, this.#weight, this.#bias, { stride, padding: this.#padding });
      return this.#activation.forward(this.#norm.forward(y, { training }));
    });
  }

  /** The shape after this layer, which `visit` is told about. */
  trace([height, width]: FeatureShape, visit: LayerVisitor): FeatureShape {
    const outChannels = this.#weight.shape[3];
    const shrinks = 2 * (this.#padding?.size ?? 0) - this.#kernelSize;
    const side = (length: number): number => {
      const enlarged = this.#scale === 'up' ? 2 * length : length;
      return Math.floor((enlarged + shrinks) / (this.#scale === 'down' ? 2 : 1)) + 1;
    };
    const output: FeatureShape = [side(height), side(width), outChannels];
    visit({
      name: this.name,
      kind: 'convolution',
      output,
      parameters: this.parameterCount(),
      multiplyAdds: output[0] * output[1] * this.#weight.size,
    });
    return output;
  }
}
