/** Samples of the window in each direction. */
export const windowSize = 11;

const sigma = 1.5;

/** The Gaussian window of SSIM along one direction: 11 samples, sigma 1.5, sum 1. */
const weights = normalised(
  Float64Array.from({ length: windowSize }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * sigma ** 2))),
);

/**
 * The means of a plane under the window at all places where the window lies inside.
 *
 * @param values - `height` rows of `width` samples, both at least 11.
 * @returns `height - 10` rows of `width - 10` means.
 */
export function gaussianMeans(values: Float64Array, width: number, height: number): Float64Array {
  const columns = width - windowSize + 1;
  const narrow = new Float64Array(height * columns);
  for (let y = 0; y < height; y++) {
    weightedSums(values, y * width, 1, narrow, y * columns, columns);
  }
  const means = new Float64Array((height - windowSize + 1) * columns);
  for (let y = 0; y + windowSize <= height; y++) {
    weightedSums(narrow, y * columns, columns, means, y * columns, columns);
  }
  return means;
}

/** `count` sums over the window whose samples are `step` apart; the window is symmetric, so each weight serves two. */
function weightedSums(
  source: Float64Array,
  from: number,
  step: number,
  result: Float64Array,
  to: number,
  count: number,
): void {
  const [w0, w1, w2, w3, w4, w5] = weights as unknown as [number, number, number, number, number, number];
  for (let i = 0; i < count; i++) {
    const at = from + i;
    result[to + i] =
      w0 * (source[at]! + source[at + 10 * step]!) +
      w1 * (source[at + step]! + source[at + 9 * step]!) +
      w2 * (source[at + 2 * step]! + source[at + 8 * step]!) +
      w3 * (source[at + 3 * step]! + source[at + 7 * step]!) +
      w4 * (source[at + 4 * step]! + source[at + 6 * step]!) +
      w5 * source[at + 5 * step]!;
  }
}

function normalised(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
