import { checkNumber, checkOneOf, invalid, SparnetError } from '@sparnet/core';
import { checkCount, checkExactSum, checkOrigin } from '../check-state.ts';
import { addExactly, canonical, nearest, type ExactSum } from '../exact-sum.ts';
import type { Point } from '../five-points.ts';
import { landmarkError, landmarkNorms, type LandmarkNorm } from './landmark-error.ts';

/** Gathers {@link LandmarkAccuracy}, in one process or in many. */
export interface LandmarkAccumulator {
  /**
   * Adds a pair of images.
   *
   * @param truth - The landmarks of the true image; `undefined` when there were none.
   * @param found - The landmarks of the image under test; `undefined` when there were none.
   * @returns The normalised mean error of this pair; `undefined` when either has none.
   * @throws SparnetError `bad-argument` as {@link landmarkError}; then nothing is added.
   */
  update(truth: readonly Point[] | undefined, found: readonly Point[] | undefined): number | undefined;
  /** What was added so far, as plain data. The order of adding and merging leaves no trace. */
  state(): LandmarkState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another detector, norm or limit.
   */
  merge(state: LandmarkState): void;
  /**
   * The accuracy of everything added.
   *
   * @throws SparnetError `no-data` when there is no pair whose true image has landmarks.
   */
  compute(): LandmarkAccuracy;
}

/** What landmark errors are of. */
interface Origin {
  /** What found the landmarks: accuracies of different detectors can't be compared. */
  detector: string;
  norm: LandmarkNorm;
  /** The error up to which the area is taken, and above which a pair is a failure. */
  limit: number;
}

interface Counts {
  /** Pairs whose true image has landmarks. */
  count: number;
  /** Pairs left out because even the true image had no landmarks. */
  skipped: number;
  /** Those of `count` whose image under test had none. They are failures. */
  missing: number;
}

/** The state of a {@link LandmarkAccumulator}. */
export interface LandmarkState extends Origin, Counts {
  failures: number;
  /** The sum of the errors, without rounding: numbers that add up to it. */
  errors: number[];
  /** As `errors`: the sum of what each pair adds to the area. */
  area: number[];
}

/** How well the landmarks of the images under test agree with those of the true images. */
export interface LandmarkAccuracy extends Origin, Counts {
  /** The mean normalised error of the pairs with landmarks in both, a fraction; NaN when there are none. */
  nme: number;
  /** The area under the cumulative curve of the errors from 0 to `limit`, over `limit`: 1 when all errors are 0. */
  auc: number;
  /** The fraction of pairs that are missing or whose error is above `limit`. */
  failureRate: number;
}

/**
 * An empty accumulator of landmark accuracy: the normalised mean error, and the area under its cumulative curve up to
 * `limit`. The area is exact, it is the mean of max(0, 1 - error / limit). Shards, merged in any order, give the same
 * result to the last bit.
 *
 * @param options - `detector` says what finds the landmarks; `limit` is a fraction of the size of the face.
 * @throws SparnetError `bad-argument` when an option is invalid.
 */
export function landmarkAccuracy({
  detector,
  norm = 'face-box',
  limit = 0.1,
}: {
  detector: string;
  norm?: LandmarkNorm;
  limit?: number;
}): LandmarkAccumulator {
  if (typeof detector !== 'string' || detector === '') {
    throw invalid('detector', 'the name of a detector', detector);
  }
  checkOneOf('norm', norm, landmarkNorms);
  checkNumber('limit', limit, Number.MIN_VALUE);
  const origin: Origin = { detector, norm, limit };
  const counts = { count: 0, skipped: 0, missing: 0, failures: 0 };
  const errors: ExactSum = [];
  const area: ExactSum = [];
  return {
    update(truth, found) {
      if (!truth) {
        counts.skipped += 1;
        return undefined;
      }
      const error = found && landmarkError(truth, found, { norm });
      counts.count += 1;
      if (error === undefined) counts.missing += 1;
      else addExactly(errors, error);
      if (error !== undefined && error <= limit) addExactly(area, 1 - error / limit);
      else counts.failures += 1;
      return error;
    },
    state: () => ({ ...origin, ...counts, errors: canonical(errors), area: canonical(area) }),
    merge(state) {
      checkOrigin('state', state, { ...origin });
      const keys = Object.keys(counts) as (keyof typeof counts)[];
      for (const key of keys) checkCount(key, state[key]);
      checkExactSum('errors', state.errors);
      checkExactSum('area', state.area);
      for (const key of keys) counts[key] += state[key];
      for (const part of state.errors) addExactly(errors, part);
      for (const part of state.area) addExactly(area, part);
    },
    compute() {
      const { failures, ...rest } = counts;
      const { count, skipped, missing } = rest;
      if (count === 0) {
        throw new SparnetError('no-data', `no true image with landmarks was added, but ${skipped} without`);
      }
      return {
        ...origin,
        ...rest,
        nme: nearest(errors) / (count - missing),
        auc: nearest(area) / count,
        failureRate: failures / count,
      };
    },
  };
}
