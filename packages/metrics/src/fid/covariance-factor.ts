import type { FeatureStatistics } from './feature-statistics.ts';

/**
 * A matrix X of `dimensions` columns, rows first, for which X' X is the covariance: the scaled deviations of the samples
 * while they are few, otherwise a pivoted Cholesky factor. It ends where what is left of the covariance is rounding.
 */
export function covarianceFactor({
  deviations,
  count,
  covariance,
  dimensions,
}: FeatureStatistics): Float64Array {
  if (!deviations || count === undefined) return pivotedCholesky(covariance, dimensions);
  const scale = 1 / Math.sqrt(count - 1);
  return deviations.map((value) => value * scale);
}

function pivotedCholesky(covariance: Float64Array, dimensions: number): Float64Array {
  const factor = new Float64Array(dimensions * dimensions);
  const row = (k: number) => factor.subarray(k * dimensions, (k + 1) * dimensions);
  // What is left on the diagonal after the rows found so far.
  const left = Float64Array.from({ length: dimensions }, (_, i) => covariance[i * (dimensions + 1)]!);
  const negligible = dimensions * Number.EPSILON * left.reduce((most, value) => Math.max(most, value), 0);
  for (let k = 0; k < dimensions; k++) {
    const pivot = indexOfGreatest(left);
    if (!(left[pivot]! > negligible)) return factor.slice(0, k * dimensions);
    const next = row(k);
    next.set(covariance.subarray(pivot * dimensions, (pivot + 1) * dimensions));
    for (let before = 0; before < k; before++) {
      const earlier = row(before);
      const weight = earlier[pivot]!;
      for (let j = 0; j < dimensions; j++) next[j]! -= weight * earlier[j]!;
    }
    const root = Math.sqrt(left[pivot]!);
    for (let j = 0; j < dimensions; j++) {
      // Earlier pivots have nothing left but rounding.
      next[j] = left[j] === -Infinity ? 0 : next[j]! / root;
      left[j]! -= next[j]! * next[j]!;
    }
    left[pivot] = -Infinity;
  }
  return factor;
}

function indexOfGreatest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** A B' for two matrices of `columns` columns, rows first. */
export function productWithTransposed(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const rows = a.length / columns;
  const width = b.length / columns;
  const product = new Float64Array(rows * width);
  // Tiles of rows of `b` stay in the processor's cache while all rows of `a` pass.
  const tile = 16;
  for (let from = 0; from < width; from += tile) {
    const to = Math.min(from + tile, width);
    for (let i = 0; i < rows; i++) {
      const left = a.subarray(i * columns, (i + 1) * columns);
      for (let j = from; j < to; j++) product[i * width + j] = dot(left, b, j * columns);
    }
  }
  return product;
}

/** The product of `a` with as many numbers of `b` from `at` on; four sums, which a processor can add side by side. */
export function dot(a: Float64Array, b: Float64Array, at: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[at + i]!;
    s1 += a[i + 1]! * b[at + i + 1]!;
    s2 += a[i + 2]! * b[at + i + 2]!;
    s3 += a[i + 3]! * b[at + i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[at + i]!;
  return s0 + s1 + (s2 + s3);
}
