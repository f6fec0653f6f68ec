import { checkInteger, invalid, SparnetError } from '@sparnet/core';

/** What the distances need of a set of features: plain data, which can be posted to another thread. */
export interface FeatureStatistics {
  /** The network that made the features. Statistics of different networks can't be compared. */
  network: string;
  /** Numbers in the features of one sample. */
  dimensions: number;
  /** Samples; `undefined` when a file of another program doesn't say. */
  count: number | undefined;
  mean: Float64Array;
  /** `dimensions * dimensions` numbers, divided by `count - 1`; zero for a single sample. */
  covariance: Float64Array;
  /**
   * The features minus their mean, `count * dimensions` numbers, samples first. There only while the samples are at most
   * as many as the dimensions, when the covariance is singular and they say more than it.
   */
  deviations?: Float64Array;
}

/** Gathers {@link FeatureStatistics} without keeping the features. */
export interface FeatureAccumulator {
  readonly network: string;
  readonly dimensions: number;
  readonly count: number;
  /**
   * Adds samples.
   *
   * @param features - `samples * dimensions` numbers, samples first.
   * @throws SparnetError `bad-argument` when they are no whole number of samples, or one is not finite.
   */
  update(features: ArrayLike<number>): void;
  /**
   * Adds what another accumulator has seen, of other images.
   *
   * @throws SparnetError `bad-argument` when network or dimensions differ, or the count is unknown.
   */
  merge(other: FeatureStatistics): void;
  /**
   * The statistics of everything added so far.
   *
   * @throws SparnetError `no-data` when nothing was.
   */
  compute(): FeatureStatistics;
}

/**
 * An empty accumulator of feature statistics in double precision. Samples are taken in blocks of as many as there are
 * dimensions, each block about its own mean, and blocks are merged by the formula of Chan, Golub and LeVeque (1979); how
 * the samples were cut into calls and shards changes the last bits only. It holds two square matrices of the dimensions.
 *
 * @throws SparnetError `bad-argument` when `dimensions` is no integer between 1 and 16384, or `network` is empty.
 */
export function featureStatistics({
  dimensions,
  network,
}: {
  dimensions: number;
  network: string;
}): FeatureAccumulator {
  checkInteger('dimensions', dimensions, 1, 16384);
  if (typeof network !== 'string' || network === '')
    throw invalid('network', 'the name of a network', network);
  const pending = new Float64Array(dimensions * dimensions);
  let held = 0;
  let absorbed: Moments = { count: 0, mean: new Float64Array(dimensions), scatter: new Float64Array(0) };

  function absorb(block: Moments): void {
    absorbed = absorbed.count === 0 ? block : merged(absorbed, block);
  }
  function update(features: ArrayLike<number>): void {
    if (features.length % dimensions !== 0) {
      throw invalid(
        'features',
        `a whole number of samples of ${dimensions} numbers`,
        `${features.length} numbers`,
      );
    }
    for (let i = 0; i < features.length; i++) {
      if (!Number.isFinite(features[i])) throw invalid(`features[${i}]`, 'finite number', features[i]);
    }
    for (let at = 0; at < features.length; at += dimensions) {
      if (held === dimensions) {
        absorb(momentsOf(pending, dimensions));
        held = 0;
      }
      for (let j = 0; j < dimensions; j++) pending[held * dimensions + j] = features[at + j]!;
      held++;
    }
  }
  function merge(other: FeatureStatistics): void {
    checkComparable({ network, dimensions }, other);
    const { count, mean, covariance, deviations } = other;
    if (count === undefined) {
      throw new SparnetError('bad-argument', 'statistics without the number of samples cannot be merged');
    }
    if (deviations) update(deviations.map((value, i) => value + mean[i % dimensions]!));
    else absorb({ count, mean: mean.slice(), scatter: covariance.map((value) => value * (count - 1)) });
  }
  function compute(): FeatureStatistics {
    const rest = pending.subarray(0, held * dimensions);
    if (absorbed.count === 0) {
      if (held === 0) throw new SparnetError('no-data', 'there are no features: update was never called');
      const moments = momentsOf(rest, dimensions);
      const deviations = rest.map((value, i) => value - moments.mean[i % dimensions]!);
      return { network, dimensions, ...fitted(moments), deviations };
    }
    return {
      network,
      dimensions,
      ...fitted(held === 0 ? absorbed : merged(absorbed, momentsOf(rest, dimensions))),
    };
  }
  return {
    network,
    dimensions,
    get count() {
      return absorbed.count + held;
    },
    update,
    merge,
    compute,
  };
}

/**
 * Refuses statistics that can't be compared or merged.
 *
 * @throws SparnetError `bad-argument`.
 */
export function checkComparable(
  a: Pick<FeatureStatistics, 'network' | 'dimensions'>,
  b: Pick<FeatureStatistics, 'network' | 'dimensions'>,
): void {
  if (a.network === b.network && a.dimensions === b.dimensions) return;
  const [first, second] = [a, b].map(({ network, dimensions }) => `${dimensions} features of ${network}`);
  throw new SparnetError(
    'bad-argument',
    `expected statistics of one network, got ${first} and ${second}: compute both with the same one`,
  );
}

interface Moments {
  count: number;
  mean: Float64Array;
  /** The sum of the products of deviations from the mean; only on and above the diagonal. */
  scatter: Float64Array;
}

function momentsOf(samples: Float64Array, dimensions: number): Moments {
  const count = samples.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < samples.length; i++) mean[i % dimensions]! += samples[i]!;
  for (let j = 0; j < dimensions; j++) mean[j]! /= count;
  const scatter = new Float64Array(dimensions * dimensions);
  const deviations = samples.map((value, i) => value - mean[i % dimensions]!);
  for (let j = 0; j < dimensions; j++) {
    const row = scatter.subarray(j * dimensions, (j + 1) * dimensions);
    for (let at = 0; at < deviations.length; at += dimensions) {
      const factor = deviations[at + j]!;
      for (let k = j; k < dimensions; k++) row[k]! += factor * deviations[at + k]!;
    }
  }
  return { count, mean, scatter };
}

function merged(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const dimensions = a.mean.length;
  const gap = b.mean.map((value, j) => value - a.mean[j]!);
  const mean = a.mean.map((value, j) => value + (gap[j]! * b.count) / count);
  const weight = (a.count * b.count) / count;
  const scatter = new Float64Array(dimensions * dimensions);
  for (let j = 0, at = 0; j < dimensions; j++) {
    for (let k = 0; k < dimensions; k++, at++) {
      scatter[at] = a.scatter[at]! + b.scatter[at]! + weight * gap[j]! * gap[k]!;
    }
  }
  return { count, mean, scatter };
}

function fitted({ count, mean, scatter }: Moments): {
  count: number;
  mean: Float64Array;
  covariance: Float64Array;
} {
  const dimensions = mean.length;
  const covariance = new Float64Array(dimensions * dimensions);
  for (let j = 0; j < dimensions; j++) {
    for (let k = j; k < dimensions; k++) {
      const value = scatter[j * dimensions + k]! / Math.max(1, count - 1);
      covariance[j * dimensions + k] = value;
      covariance[k * dimensions + j] = value;
    }
  }
  return { count, mean: mean.slice(), covariance };
}
