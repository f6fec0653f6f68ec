import { SparnetError, checkInteger, checkOneOf, invalid } from '@sparnet/core';
import { checkImage, type Image } from '@sparnet/image';
import { checkLeastSide } from './check-least-side.ts';
import { checkCount, checkExactSum, checkOrigin } from './check-state.ts';
import { addExactly, canonical, nearest, type ExactSum } from './exact-sum.ts';
import { windowSize } from './gaussian-window.ts';
import type { Plane } from './plane.ts';
import { comparePlanes, protocols, type Protocol } from './protocol.ts';
import { similarity } from './similarity.ts';

/** The name of a metric that has an error at every place. */
export type MappedMetric = (typeof mappedMetrics)[number];

/** Where the images of a test set differ on average, taken pair by pair, in one process or in many. */
export interface ErrorMapAccumulator {
  /**
   * Adds the errors of a pair.
   *
   * @throws SparnetError `bad-image` when an image is invalid, has alpha, or is not of the map's size; then nothing is added.
   */
  update(a: Image, b: Image): void;
  /** What was added so far, as plain data: JSON keeps every bit. The order of adding and merging leaves no trace. */
  state(): ErrorMapState;
  /**
   * Adds what another accumulator has added.
   *
   * @throws SparnetError `bad-state` when it is no state, or one of another metric, protocol or size.
   */
  merge(state: ErrorMapState): void;
  /**
   * The mean error at each place.
   *
   * @throws SparnetError `no-data` when no pair was added.
   */
  compute(): ErrorMap;
}

/** The state of an {@link ErrorMapAccumulator}. */
export interface ErrorMapState {
  metric: MappedMetric;
  protocol: Protocol;
  /** Size of the images. */
  width: number;
  height: number;
  /** Pairs added. */
  count: number;
  /** The sum at each place, without rounding: numbers that add up to it. */
  sums: number[][];
}

/** A mean error at each place of a test set's images. */
export interface ErrorMap {
  kind: 'error';
  metric: MappedMetric;
  protocol: Protocol;
  /** Pairs compared. */
  count: number;
  /** Size of the map. */
  width: number;
  height: number;
  /** Where the upper left value of the map belongs in the images: 0 for PSNR, 5 for SSIM. */
  left: number;
  top: number;
  /** Rows from the top. */
  values: Float64Array;
}

/** The metrics that have an error at every place. */
const mappedMetrics = ['psnr', 'ssim'] as const;

/**
 * An empty accumulator of the mean errors of a test set whose images have one size and show faces at one place (the paper's
 * figure 5c). Errors are added without rounding, so that shards, merged in any order, give the same map to the last bit.
 *
 * - `psnr`: the squared error of each pixel, in squared levels; protocol `rgb` averages it over the channels.
 * - `ssim`: 1 - SSIM at each place where the window lies inside the image. Such a map is 10 smaller than the images in each
 *   direction, and a value belongs to the middle of its window: the map starts 5 pixels from the left and the top.
 *
 * @throws SparnetError `bad-argument` when the metric or an option is invalid, `bad-image` when the size is too small for
 *   SSIM.
 */
export function errorMap(
  metric: MappedMetric,
  { protocol = 'sparnet', width, height }: { protocol?: Protocol; width: number; height: number },
): ErrorMapAccumulator {
  checkOneOf('metric', metric, mappedMetrics);
  checkOneOf('protocol', protocol, protocols);
  checkInteger('width', width, 1);
  checkInteger('height', height, 1);
  if (metric === 'ssim') checkLeastSide('an SSIM map', { width, height }, windowSize);
  const origin = { metric, protocol, width, height };
  const margin = metric === 'ssim' ? (windowSize - 1) / 2 : 0;
  const size = { width: width - 2 * margin, height: height - 2 * margin };
  const sums: ExactSum[] = Array.from({ length: size.width * size.height }, () => []);
  let count = 0;
  return {
    update(a, b) {
      checkImage(a, 'first image');
      if (a.width !== width || a.height !== height) {
        throw new SparnetError(
          'bad-image',
          `expected images of ${width} x ${height} pixels for the error map, got ${a.width} x ${a.height}`,
        );
      }
      errorsOf(a, b, metric, protocol, sums.length).forEach((error, i) => addExactly(sums[i]!, error));
      count += 1;
    },
    state: () => ({ ...origin, count, sums: sums.map(canonical) }),
    merge(state) {
      checkOrigin('state', state, origin);
      checkCount('count', state.count);
      checkSums(state.sums, sums.length);
      count += state.count;
      state.sums.forEach((sum, i) => sum.forEach((part) => addExactly(sums[i]!, part)));
    },
    compute() {
      if (count === 0)
        throw new SparnetError('no-data', 'no pair was added to the error map: it has no mean');
      const values = Float64Array.from(sums, (sum) => nearest(sum) / count);
      return { kind: 'error', metric, protocol, count, ...size, left: margin, top: margin, values };
    },
  };
}

/** The error at each place of the map. */
function errorsOf(
  a: Image,
  b: Image,
  metric: MappedMetric,
  protocol: Protocol,
  places: number,
): Float64Array {
  const errors = new Float64Array(places);
  let planes = 0;
  comparePlanes(a, b, { protocol }, (first, second) => {
    if (metric === 'psnr') addSquaredErrors(errors, first, second);
    else addDissimilarities(errors, first, second);
    planes += 1;
  });
  return planes === 1 ? errors : errors.map((sum) => sum / planes);
}

function addSquaredErrors(errors: Float64Array, a: Plane, b: Plane): void {
  for (let i = 0; i < errors.length; i++) {
    const difference = a.values[i]! - b.values[i]!;
    errors[i]! += difference * difference;
  }
}

function addDissimilarities(errors: Float64Array, a: Plane, b: Plane): void {
  const { luminance, structure } = similarity(a, b);
  for (let i = 0; i < errors.length; i++) errors[i]! += 1 - luminance[i]! * structure[i]!;
}

function checkSums(sums: unknown, places: number): asserts sums is ExactSum[] {
  if (!Array.isArray(sums) || sums.length !== places) {
    throw invalid('state.sums', `array of ${places} sums`, sums, 'bad-state');
  }
  for (const sum of sums) checkExactSum('sums', sum);
}
