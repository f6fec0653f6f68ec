/** Samples of the window in each direction. */
export const windowSize = 11;

const sigma = 1.5;

/** Half the Gaussian window of SSIM along one direction: 11 samples, sigma 1.5, sum 1. The last is the middle. */
const [w0, w1, w2, w3, w4, w5] = halfWindow();

/**
 * Writes the means of a plane under the window, at all places where the window lies inside.
 *
 * @param values - `height` rows of `width` samples, both at least 11.
 * @param scratch - As long as `values`; what it holds is lost.
 * @param means - Room for `height - 10` rows of `width - 10` means; may be `values`.
 */
export function gaussianMeans(
  values: Float64Array,
  width: number,
  height: number,
  scratch: Float64Array,
  means: Float64Array,
): void {
  filterColumns(values, width, height, scratch);
  filterColumns(scratch, height - windowSize + 1, width, means);
}

/**
 * Filters along the columns and writes each as a row: done twice, it filters in both directions and turns nothing.
 */
function filterColumns(source: Float64Array, width: number, height: number, turned: Float64Array): void {
  const count = height - windowSize + 1;
  let y = 0;
  for (; y + 4 <= count; y += 4) filterFourRows(source, width, y, turned, count);
  for (; y < count; y++) filterRow(source, width, y, turned, count);
}

/** Four means that lie below each other share most of the samples that they read. */
function filterFourRows(
  source: Float64Array,
  width: number,
  y: number,
  turned: Float64Array,
  count: number,
): void {
  for (let x = 0; x < width; x++) {
    let at = y * width + x;
    const v0 = source[at]!;
    const v1 = source[(at += width)]!;
    const v2 = source[(at += width)]!;
    const v3 = source[(at += width)]!;
    const v4 = source[(at += width)]!;
    const v5 = source[(at += width)]!;
    const v6 = source[(at += width)]!;
    const v7 = source[(at += width)]!;
    const v8 = source[(at += width)]!;
    const v9 = source[(at += width)]!;
    const v10 = source[(at += width)]!;
    const v11 = source[(at += width)]!;
    const v12 = source[(at += width)]!;
    const v13 = source[(at += width)]!;
    const to = x * count + y;
    turned[to] = mean(v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10);
    turned[to + 1] = mean(v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11);
    turned[to + 2] = mean(v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12);
    turned[to + 3] = mean(v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13);
  }
}

function filterRow(
  source: Float64Array,
  width: number,
  y: number,
  turned: Float64Array,
  count: number,
): void {
  for (let x = 0; x < width; x++) {
    let at = y * width + x;
    const v0 = source[at]!;
    const v1 = source[(at += width)]!;
    const v2 = source[(at += width)]!;
    const v3 = source[(at += width)]!;
    const v4 = source[(at += width)]!;
    const v5 = source[(at += width)]!;
    const v6 = source[(at += width)]!;
    const v7 = source[(at += width)]!;
    const v8 = source[(at += width)]!;
    const v9 = source[(at += width)]!;
    const v10 = source[(at += width)]!;
    turned[x * count + y] = mean(v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10);
  }
}

/** The window is symmetric, so each weight serves two samples. */
function mean(
  v0: number,
  v1: number,
  v2: number,
  v3: number,
  v4: number,
  v5: number,
  v6: number,
  v7: number,
  v8: number,
  v9: number,
  v10: number,
): number {
  return w0 * (v0 + v10) + w1 * (v1 + v9) + w2 * (v2 + v8) + w3 * (v3 + v7) + w4 * (v4 + v6) + w5 * v5;
}

function halfWindow(): [number, number, number, number, number, number] {
  const at = (distance: number) => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
  const sum = at(0) + 2 * (at(1) + at(2) + at(3) + at(4) + at(5));
  return [at(5) / sum, at(4) / sum, at(3) / sum, at(2) / sum, at(1) / sum, at(0) / sum];
}
