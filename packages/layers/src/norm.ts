import { checkInteger, checkOneOf, invalid } from '@sparnet/core';
import {
  batchNormInference,
  batchNormTraining,
  foldBatchNorm,
  groupNorm,
  pixelNorm,
  scope,
  type RunningStatistics,
} from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { constantValues, normalValues } from './initial-values.ts';
import type { FeatureShape, LayerVisitor } from './layer-shape.ts';
import { Module, type ForwardOptions, type ModuleOptions } from './module.ts';

/** The normalisations of the released networks. */
export const normTypes = ['batch', 'instance', 'group', 'pixel', 'none'] as const;
export type NormType = (typeof normTypes)[number];

const epsilon = 1e-5;
const momentum = 0.1;
/** The groups of group norm. */
export const normGroups = 32;

export interface NormOptions extends ModuleOptions {
  type: NormType;
  /** Group norm needs a multiple of 32. */
  channels: number;
}

/**
 * Batch norm (running statistics as PyTorch keeps them), instance norm, group norm with 32 groups (all with a learned
 * scale and shift, eps 1e-5), division of each pixel by its length, or nothing.
 *
 * @throws SparnetError `bad-argument` for an unknown type, or channels that group norm can't divide.
 */
export class Norm extends Module {
  readonly #type: NormType;
  readonly #channels: number;
  readonly #weight: tf.Variable<tf.Rank.R1> | undefined;
  readonly #bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly #running: RunningStatistics | undefined;

  constructor({ type, channels, ...place }: NormOptions) {
    super(place);
    checkOneOf('type', type, normTypes);
    checkInteger('channels', channels, 1);
    if (type === 'group' && channels % normGroups !== 0)
      throw invalid('channels', `a multiple of ${normGroups} (group norm)`, channels);
    this.#type = type;
    this.#channels = channels;
    if (!hasAffine(type)) return;
    const scale =
      type === 'batch' ? normalValues(channels, { mean: 1, deviation: 0.02 }) : constantValues(channels, 1);
    this.#weight = this.vector('norm.weight', channels, scale);
    this.#bias = this.vector('norm.bias', channels, constantValues(channels, 0));
    if (type !== 'batch') return;
    this.#running = {
      mean: this.vector('norm.running_mean', channels, constantValues(channels, 0), 'buffer'),
      variance: this.vector('norm.running_var', channels, constantValues(channels, 1), 'buffer'),
      batches: this.counter('norm.num_batches_tracked'),
      momentum,
    };
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    if (this.#type === 'none') return x;
    if (this.#type === 'pixel') return pixelNorm(x);
    const weight = this.#weight as tf.Variable<tf.Rank.R1>;
    const bias = this.#bias as tf.Variable<tf.Rank.R1>;
    if (this.#running) {
      const { mean, variance } = this.#running;
      return training
        ? scope(() => batchNormTraining(x, weight, bias, { epsilon, running: this.#running }).y)
        : batchNormInference(x, weight, bias, mean, variance, { epsilon });
    }
    return groupNorm(x, weight, bias, {
      groups: this.#type === 'instance' ? this.#channels : normGroups,
      epsilon,
    });
  }

  /**
   * Make this norm part of the convolution before it, whose filter [K,K,C,D] is changed.
   *
   * @returns The convolution's bias [D] from now on, still this norm's variable; undefined where nothing was done: only
   *   batch norm has statistics that are known beforehand.
   */
  foldInto(filter: tf.Variable<tf.Rank.R4>): tf.Variable<tf.Rank.R1> | undefined {
    if (!this.#running) return undefined;
    const bias = this.#bias as tf.Variable<tf.Rank.R1>;
    foldBatchNorm(filter, {
      weight: this.#weight as tf.Variable<tf.Rank.R1>,
      bias,
      ...this.#running,
      epsilon,
    });
    return bias;
  }

  /** The shape after this layer; `visit` is told if it has weights. */
  trace(input: FeatureShape, visit: LayerVisitor): FeatureShape {
    const parameters = this.parameterCount();
    if (parameters > 0) visit({ name: this.name, kind: 'norm', output: input, parameters, multiplyAdds: 0 });
    return input;
  }
}

/** Has this norm a learned scale and shift? A convolution before it then needs no bias. */
export function hasAffine(type: NormType): boolean {
  return type === 'batch' || type === 'instance' || type === 'group';
}
