import type { Plane } from './plane.ts';

// A chroma sample lies in the middle of the pixels it stands for. Its neighbours count by a triangle: 3/4 for the nearer
// sample, 1/4 for the farther, in each direction. Beyond the edge the last sample repeats. The two biases of a row
// alternate the rounding of ties.

/** Narrower chroma is repeated, not interpolated, by libjpeg-turbo. */
const narrowest = 3;

/**
 * Doubles the width of a plane as the decoder of libjpeg-turbo does for 4:2:2.
 *
 * @param target - Takes the samples; as wide as `source` twice or one less, as high as `source`.
 */
export function doubleWidth(source: Plane, target: Plane): void {
  if (source.width < narrowest) {
    repeatSamples(source, target, 0);
    return;
  }
  for (let y = 0; y < target.height; y++) {
    const row = source.data.subarray(y * source.stride, y * source.stride + source.width);
    doubleRow(row, target, y, 1, 2, 2);
  }
}

/**
 * Doubles the width and height of a plane as the decoder of libjpeg-turbo does for 4:2:0.
 *
 * @param target - Takes the samples; its sides are those of `source` twice or one less.
 */
export function doubleSides(source: Plane, target: Plane): void {
  if (source.width < narrowest) {
    repeatSamples(source, target, 1);
    return;
  }
  const { width, height, stride, data } = source;
  const sums = new Int32Array(width);
  for (let y = 0; y < target.height; y++) {
    const near = y >> 1;
    const far = Math.min(Math.max(near + (y & 1 ? 1 : -1), 0), height - 1);
    for (let x = 0; x < width; x++) sums[x] = 3 * data[near * stride + x]! + data[far * stride + x]!;
    doubleRow(sums, target, y, 8, 7, 4);
  }
}

/** Writes row `y` of `target`, two samples for each of `row`, divided by 2^`shift`. */
function doubleRow(
  row: Int32Array | Uint8ClampedArray,
  { stride, data }: Plane,
  y: number,
  leftBias: number,
  rightBias: number,
  shift: number,
): void {
  const last = row.length - 1;
  let to = y * stride;
  let before = row[0]!;
  let here = before;
  for (let x = 0; x <= last; x++) {
    const after = x < last ? row[x + 1]! : here;
    data[to] = (3 * here + before + leftBias) >> shift;
    data[to + 1] = (3 * here + after + rightBias) >> shift;
    to += 2;
    before = here;
    here = after;
  }
}

function repeatSamples(source: Plane, target: Plane, rowShift: number): void {
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      target.data[y * target.stride + x] = source.data[(y >> rowShift) * source.stride + (x >> 1)]!;
    }
  }
}
