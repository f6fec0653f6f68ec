import type { ParameterTable, TableEntry } from '../compute/parameter-table.ts';

/**
 * One power iteration of every spectral norm in a flat vector of values, in place: with W a filter as a matrix of taps
 * and inputs by outputs, v = W u / |W u|, then u = W^T v / |W^T v| (`torch.nn.utils.spectral_norm`). It depends on the
 * weights alone, so that no forward pass is needed. Sums are in float64. Values without spectral norm stay as they are.
 */
export function iteratePower({ entries }: ParameterTable, values: Float32Array): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const filter of entries.filter(({ name }) => name.endsWith('weight_orig'))) {
    const stem = filter.name.slice(0, -'orig'.length);
    const part = ({ start, size }: TableEntry): Float32Array => values.subarray(start, start + size);
    const u = part(byName.get(`${stem}u`) as TableEntry);
    const v = part(byName.get(`${stem}v`) as TableEntry);
    const weights = part(filter);
    v.set(unit(Float64Array.from(v, (_, row) => dot(weights, row * u.length, u))));
    u.set(unit(columnSums(weights, v, u.length)));
  }
}

function dot(weights: Float32Array, from: number, vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (weights[from + i] as number) * (vector[i] as number);
  return sum;
}

/** W^T v. */
function columnSums(weights: Float32Array, v: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < v.length; row++) {
    const factor = v[row] as number;
    for (let column = 0; column < columns; column++) {
      (sums[column] as number) += factor * (weights[row * columns + column] as number);
    }
  }
  return sums;
}

/** Where PyTorch's division by a vector's length stops. */
const leastLength = 1e-12;

function unit(vector: Float64Array): Float64Array {
  const length = Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)), leastLength);
  return vector.map((value) => value / length);
}
