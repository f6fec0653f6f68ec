import { randomStream } from '@sparnet/core';

/** Resamples of every bootstrap here. */
const resamples = 2000;

/**
 * The means of bootstrap resamples of rows: each resample draws as many rows as there are, with replacement, the same
 * ones for all columns. A function of the columns alone: the random numbers have a fixed seed.
 *
 * @param columns - A value a row; NaN where there is none, which a mean leaves out.
 * @returns For each column the sorted means of those of the 2000 resamples that hold a value of it.
 */
export function bootstrapMeans(columns: readonly Float64Array[]): Float64Array[] {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return columns.map(() => new Float64Array());
  const means = columns.map(() => new Float64Array(resamples));
  const random = randomStream({ seed: 0, purpose: 'bootstrap' });
  const counts = new Uint32Array(rows);
  for (let sample = 0; sample < resamples; sample++) {
    counts.fill(0);
    for (let draw = 0; draw < rows; draw++) counts[random.integer(rows)]! += 1;
    for (const [at, column] of columns.entries()) means[at]![sample] = weightedMean(column, counts);
  }
  return means.map((column) => column.filter((mean) => !Number.isNaN(mean)).toSorted());
}

/** The interval that holds the middle 95 % of sorted values; NaN for none. */
export function middle95(sorted: Float64Array): [low: number, high: number] {
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** Fewer values than this have no interval: all that resampling finds are the values themselves. */
export const leastForInterval = 5;

/** {@link middle95} of resampled means; null when fewer than 5 values were resampled. */
export function interval95(means: Float64Array, count: number): [low: number, high: number] | null {
  return count < leastForInterval ? null : middle95(means);
}

/** A quantile of sorted values, linear between the two nearest (as NumPy's default); NaN of none. */
export function quantile(sorted: Float64Array, part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  // Equal ends may both be infinite.
  return below === above ? below : below + (place % 1) * (above - below);
}

function weightedMean(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    // A weight of zero times infinity is no number.
    if (weights[i] === 0 || Number.isNaN(values[i])) continue;
    sum += weights[i]! * values[i]!;
    weight += weights[i]!;
  }
  return sum / weight;
}
