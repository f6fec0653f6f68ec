/** Where PyTorch's division by a vector's length stops: a vector of zeros stays one. */
export const leastLength = 1e-12;

/**
 * One power iteration towards the largest singular value of a matrix W, on plain numbers: v = W u / |W u|, then
 * u = W^T v / |W^T v| (`torch.nn.utils.spectral_norm`). Sums are in float64.
 *
 * @param weights - W, row after row of `u.length` values.
 * @returns The new vectors, and sigma = v^T W u with them.
 */
export function powerIteration(
  weights: Float32Array,
  u: Float32Array,
): { u: Float32Array; v: Float32Array; sigma: number } {
  const columns = u.length;
  const rows = weights.length / columns;
  const v = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++, at++)
      sum += (weights[at] as number) * (u[column] as number);
    v[row] = sum;
  }
  const nextV = unit(v).vector;
  const sums = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    const factor = nextV[row] as number;
    for (let column = 0; column < columns; column++, at++)
      (sums[column] as number) += factor * (weights[at] as number);
  }
  const next = unit(sums);
  // With u = W^T v / |W^T v|, v^T W u is |W^T v|.
  return { u: next.vector, v: nextV, sigma: next.length };
}

function unit(vector: Float64Array): { vector: Float32Array; length: number } {
  const length = Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)), leastLength);
  return { vector: Float32Array.from(vector, (value) => value / length), length };
}
