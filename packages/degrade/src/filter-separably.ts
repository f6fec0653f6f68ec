import { createImage, type Image } from '@sparnet/image';
import { addWeightedRows } from './add-weighted-rows.ts';
import type { Border } from './border.ts';
import type { Pixels } from './opaque-pixels.ts';
import { toLevel } from './to-level.ts';

/**
 * What each output sample of a line is made of: `taps` neighbours from `starts[i]` on (positions may lie outside the
 * line), weighted by `weights[i * taps + k]`, or by `weights[k]` when there are only `taps` of them.
 */
export interface Taps {
  taps: number;
  starts: Int32Array;
  weights: Float64Array;
}

/**
 * The image filtered down its columns by `rows`, then along its rows by `columns`, in float64 without rounding in
 * between; at the end {@link toLevel}. Only one line is held besides the two images.
 */
export function filterSeparably(
  { width, height, channels, data }: Pixels,
  { rows, columns, border }: { rows: Taps; columns: Taps; border: Border },
): Image {
  const size = { width: columns.starts.length, height: rows.starts.length, channels };
  const result = new Uint8ClampedArray(size.width * size.height * channels);
  const before = Math.max(0, -columns.starts[0]!);
  const after = Math.max(0, columns.starts[size.width - 1]! + columns.taps - width);
  const line = new Float64Array((before + width + after) * channels);
  const inner = line.subarray(before * channels, (before + width) * channels);
  const shared = rows.weights.length === rows.taps;
  const places = new Int32Array(rows.taps);
  for (let y = 0; y < size.height; y++) {
    const first = shared ? 0 : y * rows.taps;
    for (let k = 0; k < places.length; k++) places[k] = border(rows.starts[y]! + k, height) * inner.length;
    inner.fill(0);
    addWeightedRows(inner, data, rows.weights.subarray(first, first + rows.taps), places);
    extend(line, { before, width, after, channels, border });
    filterLine(line, before, channels, columns, result, y * size.width * channels);
  }
  return createImage({ ...size, data: new Uint8Array(result.buffer) });
}

/** Fills the parts of a line that lie outside the image. */
function extend(
  line: Float64Array,
  {
    before,
    width,
    after,
    channels,
    border,
  }: { before: number; width: number; after: number; channels: number; border: Border },
): void {
  const fill = (x: number): void => {
    const from = (before + border(x, width)) * channels;
    for (let c = 0; c < channels; c++) line[(before + x) * channels + c] = line[from + c]!;
  };
  for (let x = -before; x < 0; x++) fill(x);
  for (let x = width; x < width + after; x++) fill(x);
}

function filterLine(
  line: Float64Array,
  before: number,
  channels: number,
  { taps, starts, weights }: Taps,
  result: Uint8ClampedArray,
  to: number,
): void {
  const step = weights.length === taps ? 0 : taps;
  if (channels === 3) {
    for (let x = 0; x < starts.length; x++) {
      let at = (before + starts[x]!) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let k = x * step; k < x * step + taps; k++) {
        const weight = weights[k]!;
        red += weight * line[at]!;
        green += weight * line[at + 1]!;
        blue += weight * line[at + 2]!;
        at += 3;
      }
      result[to] = toLevel(red);
      result[to + 1] = toLevel(green);
      result[to + 2] = toLevel(blue);
      to += 3;
    }
    return;
  }
  for (let x = 0; x < starts.length; x++) {
    const at = before + starts[x]!;
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += weights[x * step + k]! * line[at + k]!;
    result[to++] = toLevel(sum);
  }
}
