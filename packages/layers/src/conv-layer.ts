import { checkInteger, checkOneOf } from '@sparnet/core';
import {
  conv2d,
  scope,
  spectralWeight,
  upsampledConv2d,
  upsampleNearest2x,
  type SingularVectors,
} from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { Activation, activationTypes, type ActivationType } from './activation.ts';
import { constantValues, normalValues, unitValues } from './initial-values.ts';
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
  /** Divide the filter by its largest singular value, which a power iteration in each training pass estimates. */
  spectralNorm?: boolean;
}

/**
 * The convolution of the released networks: nearest upsampling (`up`), padding by reflection, convolution (with
 * stride 2 for `down`; with a bias unless a norm with a shift follows), norm, activation. With `spectralNorm` its keys
 * are those of `torch.nn.utils.spectral_norm`: `weight_orig`, `weight_u`, `weight_v`.
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
  readonly #singular: SingularVectors | undefined;
  readonly #activation: Activation;
  readonly #norm: Norm;
  /** The bias that the norm has become. */
  #foldedBias: tf.Variable<tf.Rank.R1> | undefined;

  constructor({
    inChannels,
    outChannels,
    kernelSize = 3,
    scale = 'none',
    norm = 'none',
    activation = 'none',
    padding = 'reflect',
    spectralNorm = false,
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
    const bias = (): tf.Variable<tf.Rank.R1> | undefined =>
      hasAffine(norm) ? undefined : this.vector('conv2d.bias', outChannels, constantValues(outChannels, 0));
    if (spectralNorm) {
      this.#bias = bias();
      this.#weight = this.filter('conv2d.weight_orig', shape, weights);
      const taps = kernelSize ** 2 * inChannels;
      this.#singular = {
        u: this.vector('conv2d.weight_u', outChannels, unitValues(outChannels), 'buffer'),
        v: this.patch('conv2d.weight_v', [kernelSize, kernelSize, inChannels], unitValues(taps)),
      };
    } else {
      this.#weight = this.filter('conv2d.weight', shape, weights);
      this.#bias = bias();
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
    if (training) this.checkUnfolded();
    return scope(() => {
      const y = this.#convolved(x, this.#filter(training));
      const normed = this.#foldedBias ? y : this.#norm.forward(y, { training });
      return this.#activation.forward(normed);
    });
  }

  override foldNorms(): void {
    if (!this.folded && !this.#singular) this.#foldedBias = this.#norm.foldInto(this.#weight);
    super.foldNorms();
  }

  #filter(training: boolean): tf.Tensor4D {
    if (!this.#singular) return this.#weight;
    return spectralWeight(this.#weight, this.#singular, { iterate: training });
  }

  #convolved(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
    const stride = this.#scale === 'down' ? 2 : 1;
    const options = { stride, padding: this.#padding } as const;
    const bias = this.#bias ?? this.#foldedBias;
    if (this.#scale !== 'up') return conv2d(x, filter, bias, options);
    if (this.#kernelSize === 3 && this.#padding?.mode === 'reflect') return upsampledConv2d(x, filter, bias);
    return conv2d(upsampleNearest2x(x), filter, bias, options);
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
