import { SparnetError, checkInteger, checkOneOf } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { checkCount, checkExactSum, checkOrigin } from './check-state.ts';
import { addExactly, canonical, nearest, type ExactSum } from './exact-sum.ts';
import { metricNames, type MetricName } from './metric.ts';
import { msSsim } from './ms-ssim.ts';
import { protocols, type ComparisonOptions, type Protocol } from './protocol.ts';
import { psnr } from './psnr.ts';
import { ssim } from './ssim.ts';

/** The mean score of a test set, taken pair by pair, in one process or in many. */
export interface Accumulator {
  /**
   * Adds the score of a pair, and returns it.
   *
   * @throws SparnetError As the function of the metric; then nothing is added.
   */
  update(a: Image, b: Image): number;
  /** What was added so far, as plain data: JSON keeps every bit. The order of adding and merging leaves no trace. */
  state(): AccumulatorState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another metric, protocol or border.
   */
  merge(state: AccumulatorState): void;
  /**
   * The mean of all scores.
   *
   * @throws SparnetError `no-data` when none was added.
   */
  compute(): MeanScore;
}

/** The state of an {@link Accumulator}. */
export interface AccumulatorState {
  metric: MetricName;
  protocol: Protocol;
  border: number;
  /** Scores added, the infinite ones included. */
  count: number;
  /** Scores that were `Infinity`. */
  infinite: number;
  /** The sum of the finite scores, without rounding: numbers that add up to it. */
  sum: number[];
}

/** A mean score, and what it is a mean of. */
export interface MeanScore {
  metric: MetricName;
  protocol: Protocol;
  border: number;
  /** Pairs compared. */
  count: number;
  /** The mean of all scores: `Infinity` as soon as one is. */
  mean: number;
  /** Scores that were `Infinity`: the PSNR of equal images. */
  infinite: number;
}

const functions = { psnr, ssim, 'ms-ssim': msSsim } as const satisfies Record<MetricName, typeof psnr>;

/**
 * An empty accumulator of a metric. Scores are added without rounding and the sum is rounded once, so that shards of a
 * test set, merged in any order, give the same mean to the last bit.
 *
 * @throws SparnetError `bad-argument` when the metric or an option is invalid.
 */
export function accumulator(
  metric: MetricName,
  { protocol = 'sparnet', border = 0 }: ComparisonOptions = {},
): Accumulator {
  const origin = {
    metric: checkOneOf('metric', metric, metricNames),
    protocol: checkOneOf('protocol', protocol, protocols),
    border: checkInteger('border', border, 0),
  };
  const sum: ExactSum = [];
  let count = 0;
  let infinite = 0;
  return {
    update(a, b) {
      const score = functions[metric](a, b, { protocol, border });
      if (score === Infinity) infinite += 1;
      else addExactly(sum, score);
      count += 1;
      return score;
    },
    state: () => ({ ...origin, count, infinite, sum: canonical(sum) }),
    merge(state) {
      checkOrigin('state', state, origin);
      checkCount('count', state.count);
      checkCount('infinite', state.infinite);
      checkExactSum('sum', state.sum);
      count += state.count;
      infinite += state.infinite;
      for (const part of state.sum) addExactly(sum, part);
    },
    compute() {
      if (count === 0) {
        throw new SparnetError(
          'no-data',
          `no pair was added to the accumulator of ${metric}: it has no mean`,
        );
      }
      return { ...origin, count, mean: infinite > 0 ? Infinity : nearest(sum) / count, infinite };
    },
  };
}
