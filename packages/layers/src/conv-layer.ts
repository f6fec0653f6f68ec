import { checkInteger, checkOneOf } from '@sparnet/core';
import { conv2d, scope, upsampledConv2d, upsampleNearest2x } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { Activation, activationTypes, type ActivationType } from './activation.ts';
import { constantValues, normalValues } from './initial-values.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type FilterShape, type ForwardOptions, type ModuleOptions } from './module.ts';
import { hasAffine, Norm, normTypes, type NormType } from './norm.ts';

/** What a layer does to height and width: nothing, double or halve them (rounded up, with its padding). */
export const scaleTypes = ['none', 'up', 'down'] as const;
export type Scale = (typeof scaleTypes)[number];

/** How a layer fills the borders, by half a kernel on each side; `none` makes its output smaller. */
export const paddingTypes = ['reflect', 'zero', 'none'] as const;
export type PaddingType = (typeof paddingTypes)[number];

export interface ConvLayerOptions extends ModuleOptions {
  inChannels: number;
  outChannels: number;
  kernelSize?: number;
  scale?: Scale;
  norm?: NormType;
  activation?: ActivationType;
  padding?: PaddingType;
}

/**
 * The convolution of the released networks: nearest upsampling (`up`), padding by reflection, convolution (with
 * stride 2 for `down`; with a bias unless a norm with a shift follows), norm, activation.
 *
 * @throws SparnetError `bad-argument` for an option that is not among its choices; `forward` and `trace` when the input
 *   is too small to be padded by reflection.
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
    checkOneOf('scale', scale, scaleTypes);
    checkOneOf('norm', norm, normTypes);
    checkOneOf('activation', activation, activationTypes);
    checkOneOf('padding', padding, paddingTypes);
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
      const y = this.#convolved(x);
      return this.#activation.forward(this.#norm.forward(y, { training }));
    });
  }

  #convolved(x: tf.Tensor4D): tf.Tensor4D {
    const stride = this.#scale === 'down' ? 2 : 1;
    const options = { stride, padding: this.#padding } as const;
    if (this.#scale !== 'up') return conv2d(x, this.#weight, this.#bias, options);
    if (this.#kernelSize === 3 && this.#padding?.mode === 'reflect')
      return upsampledConv2d(x, this.#weight, this.#bias);
    return conv2d(upsampleNearest2x(x), this.#weight, this.#bias, options);
  }

  /** The shape after this layer, which `visit` is told about. */
  trace([height, width]: FeatureShape, visit: LayerVisitor): FeatureShape {
    const outChannels = this.#weight.shape[3];
    const { mode, size = 0 } = this.#padding ?? {};
    const shrinks = 2 * size - this.#kernelSize;
    const side = (length: number): number => {
      const enlarged = this.#scale === 'up' ? 2 * length : length;
      if (mode === 'reflect')
        checkInteger(`height and width of the input of ${this.name || 'the layer'}`, enlarged, size + 1);
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
