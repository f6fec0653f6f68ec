import { checkInteger, checkOneOf, invalid } from '@sparnet/core';
import {
  batchNormInference,
  batchNormTraining,
  groupNorm,
  pixelNorm,
  scope,
  trackStatistics,
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
      runningMean: this.vector('norm.running_mean', channels, constantValues(channels, 0), 'buffer'),
      runningVariance: this.vector('norm.running_var', channels, constantValues(channels, 1), 'buffer'),
      batchesTracked: this.counter('norm.num_batches_tracked'),
    };
  }

  override forward(x: tf.Tensor4D, { training = false }: ForwardOptions = {}): tf.Tensor4D {
    if (this.#type === 'none') return x;
    if (this.#type === 'pixel') return pixelNorm(x);
    const weight = this.#weight as tf.Variable<tf.Rank.R1>;
    const bias = this.#bias as tf.Variable<tf.Rank.R1>;
    if (this.#running) {
      return training
        ? normaliseBatch(x, weight, bias, this.#running)
        : batchNormInference(x, weight, bias, this.#running.runningMean, this.#running.runningVariance, {
            epsilon,
          });
    }
    return groupNorm(x, weight, bias, {
      groups: this.#type === 'instance' ? this.#channels : normGroups,
      epsilon,
    });
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

interface RunningStatistics {
  runningMean: tf.Variable<tf.Rank.R1>;
  runningVariance: tf.Variable<tf.Rank.R1>;
  batchesTracked: tf.Variable;
}

function normaliseBatch(
  x: tf.Tensor4D,
  weight: tf.Variable<tf.Rank.R1>,
  bias: tf.Variable<tf.Rank.R1>,
  running: RunningStatistics,
): tf.Tensor4D {
  return scope(() => {
    const { y, mean, variance } = batchNormTraining(x, weight, bias, { epsilon });
    trackStatistics({ ...running, mean, variance, count: x.size / x.shape[3], momentum });
    return y;
  });
}
