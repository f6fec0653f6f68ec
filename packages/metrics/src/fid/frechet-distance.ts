import { SparnetError } from '@sparnet/core';
import { covarianceFactor, productWithTransposed } from './covariance-factor.ts';
import { checkComparable, type FeatureStatistics } from './feature-statistics.ts';
import { nuclearNorm } from './nuclear-norm.ts';

/** A distance of two sets of features, and what a reader must know about it. */
export interface FrechetDistance {
  /** At least 0; smaller is better. */
  distance: number;
  /** The network that made the features: distances of different networks can't be compared. */
  network: string;
  /** Samples of the first and of the second set; `undefined` when the file of the statistics doesn't say. */
  counts: [number | undefined, number | undefined];
  /** Whether rounding had made it negative, and 0 stands in its place. */
  clamped: boolean;
  /** In words: what makes this distance doubtful. Empty when nothing is known. */
  warnings: string[];
}

/**
 * The Frechet distance of the Gaussians fitted to two sets of features, |mean difference|^2 + tr A + tr B - 2 tr sqrt(A B)
 * (Dowson and Landau 1982; Heusel et al. 2017). It is called FID only for the features of one network: see {@link fid}.
 *
 * tr sqrt(A B) is the sum of the singular values of X Y' where A = X' X and B = Y' Y. For no more samples than dimensions,
 * X and Y are the deviations from the mean themselves, so that singular covariances cost no digits; otherwise they are
 * pivoted Cholesky factors. With 2048 dimensions this takes about a minute for many samples, less for few.
 *
 * @throws SparnetError `bad-argument` when networks or dimensions differ, `no-data` when a set has fewer than 2 samples.
 */
export function frechetDistance(a: FeatureStatistics, b: FeatureStatistics): FrechetDistance {
  checkComparable(a, b);
  for (const { count = Infinity } of [a, b]) {
    if (count < 2) throw new SparnetError('no-data', `a covariance needs at least 2 samples, got ${count}`);
  }
  const { dimensions, network } = a;
  const means = a.mean.reduce((sum, value, i) => sum + (value - b.mean[i]!) ** 2, 0);
  const first = covarianceFactor(a);
  const second = covarianceFactor(b);
  const product = productWithTransposed(first, second, dimensions);
  const root = nuclearNorm(product, first.length / dimensions, second.length / dimensions);
  const distance = means + trace(a) + trace(b) - 2 * root;
  return {
    distance: Math.max(0, distance),
    network,
    counts: [a.count, b.count],
    clamped: distance < 0,
    warnings: warningsFor(a, b),
  };
}

function trace({ covariance, dimensions }: FeatureStatistics): number {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += covariance[i * (dimensions + 1)]!;
  return sum;
}

function warningsFor(a: FeatureStatistics, b: FeatureStatistics): string[] {
  return [a, b].flatMap(({ count, dimensions }, index) => {
    const set = index === 0 ? 'the first set' : 'the second set';
    if (count === undefined) return [`${set} doesn't say how many samples it has`];
    if (count > dimensions) return [];
    return [
      `${set} has ${count} samples for ${dimensions} dimensions: its covariance is singular, and the distance too large`,
    ];
  });
}
