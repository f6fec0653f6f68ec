import { countDoubts, storeLevels, widenRows } from './rounding';

/** So many rows at a time are held as float32, so that they stay in the cache. */
const atOnce: i32 = 24;

/**
 * The sums of weighted neighbours, rounded. A tap is the offset of a neighbour in samples (from the sample's own place
 * in the margins' corner) and its weight in float32.
 *
 * @param source - `rows` rows and `reach` more of `stride` samples, a multiple of 16; one row more may be read.
 * @param target - Gets rows of `stride` samples, of which the first `count` are valid.
 * @param wide - Room for the float32 of 24 rows and `reach` more, and one.
 * @returns How many samples are doubtful.
 */
export function correlateRows(
  source: usize,
  target: usize,
  wide: usize,
  taps: usize,
  tapCount: i32,
  stride: i32,
  rows: i32,
  reach: i32,
  count: i32,
  offset: f32,
): i32 {
  const start = f32x4.splat(offset);
  const tapsEnd = taps + 8 * tapCount;
  for (let top = 0; top < rows; top += atOnce) {
    const high = min(atOnce, rows - top);
    widenRows(source + top * stride, wide, (high + reach) * stride);
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < count; x += 16) {
        const at = wide + 4 * (y * stride + x);
        let s0 = f32x4.splat(0);
        let s1 = f32x4.splat(0);
        let s2 = f32x4.splat(0);
        let s3 = f32x4.splat(0);
        let t0 = f32x4.splat(0);
        let t1 = f32x4.splat(0);
        let t2 = f32x4.splat(0);
        let t3 = f32x4.splat(0);
        // Two sums that alternate; an odd number of taps ends with one of no weight.
        for (let tap = taps; tap < tapsEnd; tap += 16) {
          const even = at + 4 * load<i32>(tap);
          const first = v128.load_splat<f32>(tap, 4);
          s0 = f32x4.add(s0, f32x4.mul(first, v128.load(even)));
          s1 = f32x4.add(s1, f32x4.mul(first, v128.load(even, 16)));
          s2 = f32x4.add(s2, f32x4.mul(first, v128.load(even, 32)));
          s3 = f32x4.add(s3, f32x4.mul(first, v128.load(even, 48)));
          const odd = at + 4 * load<i32>(tap, 8);
          const second = v128.load_splat<f32>(tap, 12);
          t0 = f32x4.add(t0, f32x4.mul(second, v128.load(odd)));
          t1 = f32x4.add(t1, f32x4.mul(second, v128.load(odd, 16)));
          t2 = f32x4.add(t2, f32x4.mul(second, v128.load(odd, 32)));
          t3 = f32x4.add(t3, f32x4.mul(second, v128.load(odd, 48)));
        }
        const to = (top + y) * stride + x;
        storeLevels(
          target + to,
          f32x4.add(f32x4.add(s0, t0), start),
          f32x4.add(f32x4.add(s1, t1), start),
          f32x4.add(f32x4.add(s2, t2), start),
          f32x4.add(f32x4.add(s3, t3), start),
          to,
          count - x,
        );
      }
    }
  }
  return countDoubts();
}
