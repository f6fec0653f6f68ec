import { addWeightedRows } from '../add-weighted-rows.ts';
import { mirrored } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { filterWithDoubts } from '../simd/filter-with-doubts.ts';
import { float32Error } from '../simd/float32-error.ts';
import { simdCode } from '../simd/simd-code.ts';

/** So many rows at a time are float32 (`atOnce` in assembly/correlate.ts). */
const rowsAtOnce = 24;

/** The weights of a kernel that are not zero, and where they stand from its middle. */
export interface SparseKernel {
  /** The farthest that a weight may stand. */
  reach: number;
  dx: Int32Array;
  dy: Int32Array;
  weights: Float64Array;
}

/** The samples of `kernelBlur` for a kernel of few weights; undefined where only the plain code can compute them. */
export function correlateInSimd(
  pixels: Pixels,
  { reach, dx, dy, weights }: SparseKernel,
): Uint8Array | undefined {
  const code = simdCode();
  if (!code) return undefined;
  const { channels } = pixels;
  const taps = weights.length;
  const offset = 128 * (weights.reduce((sum, weight) => sum + weight, 0) - 1) + 0.5;
  const places = new Int32Array(taps);
  const sum = new Float64Array(1);
  return filterWithDoubts(code, pixels, {
    reach,
    border: mirrored,
    error: float32Error(weights, { offset }),
    scratchOf: (stride) => tableBytes(taps) + 4 * (rowsAtOnce + 2 * reach + 1) * stride,
    run({ source, target, scratch, stride, rows, count }) {
      const table = new DataView(code.memory.buffer, scratch);
      table.setInt32(8 * taps, 0, true);
      table.setFloat32(8 * taps + 4, 0, true);
      for (let k = 0; k < taps; k++) {
        table.setInt32(8 * k, (reach + dy[k]!) * stride + (reach + dx[k]!) * channels, true);
        table.setFloat32(8 * k + 4, weights[k]!, true);
      }
      const wide = scratch + tableBytes(taps);
      return code.correlateRows(source, target, wide, scratch, taps, stride, rows, 2 * reach, count, offset);
    },
    exactSum(bytes, at, stride) {
      for (let k = 0; k < taps; k++) places[k] = at + (reach + dy[k]!) * stride + (reach + dx[k]!) * channels;
      sum[0] = 0;
      addWeightedRows(sum, bytes, weights, places);
      return sum[0];
    },
  });
}

/** Offset and weight of every tap and of one that weighs nothing, and what makes it a multiple of 64. */
function tableBytes(taps: number): number {
  return 64 * Math.ceil((taps + 1) / 8);
}
