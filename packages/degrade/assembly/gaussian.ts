import { countDoubts, storeLevels, widenRows } from './rounding';

/** So many rows at a time are held as float32, so that they stay in the cache. */
const atOnce: i32 = 32;
/** So many samples of a row at a time: all rows of their windows stay in the cache nearest to the core. */
const block: i32 = 64;

/**
 * Filtered down the columns and along the rows by a symmetric window, in float32, rounded. Both ways the two samples at
 * a distance are added first, and the farthest come first.
 *
 * @param source - `rows` rows and 2 `reach` more of `stride` samples, a multiple of 64.
 * @param target - Gets rows of `stride` samples, of which the first `count` are valid.
 * @param wide - Room for the float32 of 32 rows and 2 `reach` more, of another 32 rows, and of one.
 * @param weights - Of the distances `reach` to 0; that of 0 is halved.
 * @returns How many samples are doubtful.
 */
export function gaussianRows(
  source: usize,
  target: usize,
  wide: usize,
  weights: usize,
  reach: i32,
  channels: i32,
  stride: i32,
  rows: i32,
  count: i32,
  offset: f32,
): i32 {
  const start = f32x4.splat(offset);
  const filtered = wide + 4 * stride * (atOnce + 2 * reach);
  for (let top = 0; top < rows; top += atOnce) {
    const high = min(atOnce, rows - top);
    widenRows(source + top * stride, wide, (high + 2 * reach) * stride);
    for (let left = 0; left < stride; left += block) {
      for (let y = 0; y < high; y++) {
        const at = 4 * (y * stride + left);
        for (let x = 0; x < 4 * block; x += 64) {
          pairs(wide + at + x, 4 * stride, weights, reach);
          v128.store(filtered + at + x, s0);
          v128.store(filtered + at + x, s1, 16);
          v128.store(filtered + at + x, s2, 32);
          v128.store(filtered + at + x, s3, 48);
        }
      }
    }
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < count; x += 16) {
        pairs(filtered + 4 * (y * stride + x), 4 * channels, weights, reach);
        const to = (top + y) * stride + x;
        storeLevels(
          target + to,
          f32x4.add(s0, start),
          f32x4.add(s1, start),
          f32x4.add(s2, start),
          f32x4.add(s3, start),
          to,
          count - x,
        );
      }
    }
  }
  return countDoubts();
}

let s0: v128 = f32x4.splat(0);
let s1: v128 = f32x4.splat(0);
let s2: v128 = f32x4.splat(0);
let s3: v128 = f32x4.splat(0);

/** Sixteen sums over 2 `reach` + 1 places, `step` bytes apart, from `from` on: each as two that alternate. */
function pairs(from: usize, step: i32, weights: usize, reach: i32): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  let to = from + 2 * reach * step;
  const end = weights + 4 * reach;
  for (; weights < end; weights += 8) {
    const even = v128.load_splat<f32>(weights);
    a0 = f32x4.add(a0, f32x4.mul(even, f32x4.add(v128.load(from), v128.load(to))));
    a1 = f32x4.add(a1, f32x4.mul(even, f32x4.add(v128.load(from, 16), v128.load(to, 16))));
    a2 = f32x4.add(a2, f32x4.mul(even, f32x4.add(v128.load(from, 32), v128.load(to, 32))));
    a3 = f32x4.add(a3, f32x4.mul(even, f32x4.add(v128.load(from, 48), v128.load(to, 48))));
    from += step;
    to -= step;
    const odd = v128.load_splat<f32>(weights, 4);
    b0 = f32x4.add(b0, f32x4.mul(odd, f32x4.add(v128.load(from), v128.load(to))));
    b1 = f32x4.add(b1, f32x4.mul(odd, f32x4.add(v128.load(from, 16), v128.load(to, 16))));
    b2 = f32x4.add(b2, f32x4.mul(odd, f32x4.add(v128.load(from, 32), v128.load(to, 32))));
    b3 = f32x4.add(b3, f32x4.mul(odd, f32x4.add(v128.load(from, 48), v128.load(to, 48))));
    from += step;
    to -= step;
  }
  if (weights == end) {
    const even = v128.load_splat<f32>(weights);
    a0 = f32x4.add(a0, f32x4.mul(even, f32x4.add(v128.load(from), v128.load(to))));
    a1 = f32x4.add(a1, f32x4.mul(even, f32x4.add(v128.load(from, 16), v128.load(to, 16))));
    a2 = f32x4.add(a2, f32x4.mul(even, f32x4.add(v128.load(from, 32), v128.load(to, 32))));
    a3 = f32x4.add(a3, f32x4.mul(even, f32x4.add(v128.load(from, 48), v128.load(to, 48))));
  }
  s0 = f32x4.add(a0, b0);
  s1 = f32x4.add(a1, b1);
  s2 = f32x4.add(a2, b2);
  s3 = f32x4.add(a3, b3);
}
