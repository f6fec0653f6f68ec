import { addWeightedRows } from '../add-weighted-rows.ts';
import { mirrored } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { filterWithDoubts } from '../simd/filter-with-doubts.ts';
import { float32Error } from '../simd/float32-error.ts';
import { simdCode } from '../simd/simd-code.ts';

/** So many rows at a time are float32 (`atOnce` in assembly/gaussian.ts). */
const rowsAtOnce = 32;

/**
 * The samples of a symmetric window of weights with the sum 1, down the columns and along the rows; undefined where only
 * the plain code can compute them.
 */
export function gaussianInSimd(pixels: Pixels, weights: Float64Array): Uint8Array | undefined {
  const code = simdCode();
  if (!code) return undefined;
  const { channels } = pixels;
  const size = weights.length;
  const reach = (size - 1) / 2;
  const tableBytes = 64 * Math.ceil((reach + 1) / 16);
  const window = new Uint8Array(size * size);
  const places = Int32Array.from(weights, (_, k) => k * size);
  const sums = new Float64Array(size);
  return filterWithDoubts(code, pixels, {
    reach,
    border: mirrored,
    error: errorOf(weights),
    scratchOf: (stride) => tableBytes + 4 * (2 * rowsAtOnce + 2 * reach + 1) * stride,
    run({ source, target, scratch, stride, rows, count }) {
      const table = new Float32Array(code.memory.buffer, scratch, reach + 1);
      table.set(weights.subarray(0, reach + 1));
      table[reach] = weights[reach]! / 2;
      const wide = scratch + tableBytes;
      return code.gaussianRows(source, target, wide, scratch, reach, channels, stride, rows, count, 0.5);
    },
    exactSum(bytes, at, stride) {
      for (let y = 0, to = 0; y < size; y++) {
        const row = at + y * stride;
        for (let x = 0; x < size; x++) window[to++] = bytes[row + x * channels]!;
      }
      sums.fill(0);
      addWeightedRows(sums, window, weights, places);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += weights[k]! * sums[k]!;
      return sum;
    },
  });
}

/** Two samples at a distance are added first, which rounds only in the second pass. */
function errorOf(weights: Float64Array): number {
  const reach = (weights.length - 1) / 2;
  const pairs = Float64Array.from({ length: reach + 1 }, (_, k) =>
    k < reach ? 2 * weights[k]! : weights[k]!,
  );
  return float32Error(pairs, { sampleError: float32Error(pairs) + 128 * 2 ** -24 });
}
