import { SparnetError } from '@sparnet/core';
import type { LpipsNet } from '@sparnet/features';
import type { Image } from '@sparnet/image';
import { checkCount, checkExactSum, checkOrigin } from '../check-state.ts';
import { addExactly, canonical, nearest, type ExactSum } from '../exact-sum.ts';
import type { LpipsMetric } from './open-lpips.ts';

/** The mean LPIPS of a test set, taken pair by pair, in one process or in many. */
export interface LpipsAccumulator {
  /**
   * Adds the distance of a pair, and returns it.
   *
   * @throws SparnetError as `distance` of the metric; then nothing is added.
   */
  update(a: Image, b: Image): Promise<number>;
  /** What was added so far, as plain data. The order of adding and merging leaves no trace. */
  state(): LpipsState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another network or version.
   */
  merge(state: LpipsState): void;
  /**
   * The mean of all distances.
   *
   * @throws SparnetError `no-data` when none was added.
   */
  compute(): MeanLpips;
}

/** The state of an {@link LpipsAccumulator}. */
export interface LpipsState {
  metric: 'lpips';
  net: LpipsNet;
  version: string;
  /** Pairs compared. */
  count: number;
  /** The sum of the distances, without rounding: numbers that add up to it. */
  sum: number[];
}

/** A mean distance, and what it is a mean of. */
export interface MeanLpips {
  metric: 'lpips';
  net: LpipsNet;
  version: string;
  /** Pairs compared. */
  count: number;
  mean: number;
}

/** An empty accumulator of LPIPS. Shards, merged in any order, give the same mean to the last bit. */
export function lpipsAccumulator(metric: LpipsMetric): LpipsAccumulator {
  const origin = { metric: 'lpips', net: metric.net, version: metric.version } as const;
  const sum: ExactSum = [];
  let count = 0;
  return {
    async update(a, b) {
      const distance = await metric.distance(a, b);
      addExactly(sum, distance);
      count += 1;
      return distance;
    },
    state: () => ({ ...origin, count, sum: canonical(sum) }),
    merge(state) {
      checkOrigin('state', state, origin);
      checkCount('count', state.count);
      checkExactSum('sum', state.sum);
      count += state.count;
      for (const part of state.sum) addExactly(sum, part);
    },
    compute() {
      if (count === 0) throw new SparnetError('no-data', 'no pair was added to the accumulator of LPIPS');
      return { ...origin, count, mean: nearest(sum) / count };
    },
  };
}
