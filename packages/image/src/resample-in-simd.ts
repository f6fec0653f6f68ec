import type { ResampleWeights } from './resample-weights.ts';
import { resampleCode, type ResampleCode } from './resample-simd-code.ts';

/** Memory never takes more than this; what needs more is resampled in parts. */
const maxBytes = 2 ** 24;
const start = 64;
/** Vectors of 16 bytes reach beyond the end of what they load. */
const slack = 64;

/** The rows of `resampleRows` for an RGB image; undefined where only the plain code can compute them. */
export function rgbRowsInSimd(
  source: Uint8Array,
  { width, height }: { width: number; height: number },
  weights: ResampleWeights,
): Uint8Array | undefined {
  const code = resampleCode();
  if (!code) return undefined;
  const wide = weights.starts.length;
  const pairs = Math.ceil(weights.taps / 2);
  const table = start + 4 * wide;
  const from = table + 8 * wide * pairs;
  const rowBytes = 3 * (width + wide);
  const most = Math.min(height, Math.floor((maxBytes - from - 3 * slack) / rowBytes));
  if (most < 1) return undefined;
  reserve(code, from + most * rowBytes + 3 * slack);
  new Int32Array(code.memory.buffer, start, wide).set(weights.starts.map((first) => 3 * first));
  new Int16Array(code.memory.buffer, table, 4 * wide * pairs).set(splitWeights(weights, pairs));
  const bytes = new Uint8Array(code.memory.buffer);
  const result = new Uint8Array(3 * wide * height);
  const to = from + 3 * width * most + slack;
  for (let top = 0; top < height; top += most) {
    const rows = Math.min(most, height - top);
    bytes.set(source.subarray(3 * width * top, 3 * width * (top + rows)), from);
    code.resampleRgbRows(from, to, start, table, pairs, 3 * width, rows, wide);
    result.set(bytes.subarray(to, to + 3 * wide * rows), 3 * wide * top);
  }
  return result;
}

/** Of every two weights the upper parts, then the lower 11 bits; a missing one is zero. */
function splitWeights({ taps, starts, weights }: ResampleWeights, pairs: number): Int16Array {
  const split = new Int16Array(4 * starts.length * pairs);
  for (let i = 0; i < starts.length; i++) {
    for (let k = 0; k < taps; k++) {
      const weight = weights[i * taps + k]!;
      const at = 4 * (i * pairs + (k >> 1)) + (k & 1);
      split[at] = weight >> 11;
      split[at + 2] = weight & 2047;
    }
  }
  return split;
}

/** The rows of `resampleColumns`; undefined where only the plain code can compute them. */
export function columnsInSimd(
  source: Uint8Array,
  stride: number,
  { taps, starts, weights }: ResampleWeights,
): Uint8Array | undefined {
  const code = resampleCode();
  if (!code) return undefined;
  const height = starts.length;
  const wide = Math.ceil(stride / 16) * 16;
  const result = new Uint8Array(height * stride);
  for (let top = 0, rows = 0; top < height; top += rows) {
    rows = rowsThatFit({ taps, starts }, top, wide);
    if (rows < 1) return undefined;
    const first = starts[top]!;
    const needed = starts[top + rows - 1]! + taps - first;
    const table = start + 4 * rows;
    const from = start + 16 * Math.ceil((4 * rows * (taps + 1)) / 16);
    const to = from + needed * wide;
    reserve(code, to + rows * wide);
    new Int32Array(code.memory.buffer, start, rows).set(
      starts.subarray(top, top + rows).map((row) => row - first),
    );
    new Int32Array(code.memory.buffer, table, rows * taps).set(
      weights.subarray(top * taps, (top + rows) * taps),
    );
    const bytes = new Uint8Array(code.memory.buffer);
    copyRows(source.subarray(first * stride, (first + needed) * stride), stride, bytes.subarray(from), wide);
    code.resampleColumns(from, to, start, table, taps, wide, rows);
    copyRows(bytes.subarray(to, to + rows * wide), wide, result.subarray(top * stride), stride);
  }
  return result;
}

/** How many rows of the result from `top` on can be made at once. */
function rowsThatFit(
  { taps, starts }: Pick<ResampleWeights, 'taps' | 'starts'>,
  top: number,
  stride: number,
): number {
  let rows = starts.length - top;
  const bytesOf = (): number => {
    const needed = starts[top + rows - 1]! + taps - starts[top]!;
    return start + slack + 4 * rows * (taps + 1) + (needed + rows) * stride;
  };
  while (rows > 0 && bytesOf() > maxBytes) rows >>= 1;
  return rows;
}

/** Copies rows to rows of another length: what is missing at their ends is left as it is. */
function copyRows(from: Uint8Array, fromStride: number, to: Uint8Array, toStride: number): void {
  if (fromStride === toStride) {
    to.set(from);
    return;
  }
  const length = Math.min(fromStride, toStride);
  for (let row = 0; row * fromStride < from.length; row++)
    to.set(from.subarray(row * fromStride, row * fromStride + length), row * toStride);
}

function reserve({ memory }: ResampleCode, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
}
