// Resampling as in src/resample.ts: integer sums, whose order doesn't matter.

/** Fraction bits of the weights, and of those of their lower part in `resampleRgbRows`. */
const fractionBits: i32 = 22;
const lowBits: i32 = 11;
const half: i32 = 1 << (fractionBits - 1);

/**
 * Rows of weighted sums of rows.
 *
 * @param source - Rows of `stride` samples, a multiple of 16.
 * @param starts - For each of `rows` rows of the target, the first row of the source.
 * @param weights - `taps` of 32 bits for each.
 */
export function resampleColumns(
  source: usize,
  target: usize,
  starts: usize,
  weights: usize,
  taps: i32,
  stride: i32,
  rows: i32,
): void {
  for (let y = 0; y < rows; y++) {
    const from = source + load<i32>(starts + 4 * y) * stride;
    const first = weights + 4 * y * taps;
    const last = first + 4 * taps;
    for (let x = 0; x < stride; x += 16) {
      let s0 = i32x4.splat(half);
      let s1 = i32x4.splat(half);
      let s2 = i32x4.splat(half);
      let s3 = i32x4.splat(half);
      let at = from + x;
      for (let w = first; w < last; w += 4) {
        const weight = v128.load_splat<i32>(w);
        const samples = v128.load(at);
        const low = i16x8.extend_low_i8x16_u(samples);
        const high = i16x8.extend_high_i8x16_u(samples);
        s0 = i32x4.add(s0, i32x4.mul(weight, i32x4.extend_low_i16x8_u(low)));
        s1 = i32x4.add(s1, i32x4.mul(weight, i32x4.extend_high_i16x8_u(low)));
        s2 = i32x4.add(s2, i32x4.mul(weight, i32x4.extend_low_i16x8_u(high)));
        s3 = i32x4.add(s3, i32x4.mul(weight, i32x4.extend_high_i16x8_u(high)));
        at += stride;
      }
      const low = i16x8.narrow_i32x4_s(i32x4.shr_s(s0, fractionBits), i32x4.shr_s(s1, fractionBits));
      const high = i16x8.narrow_i32x4_s(i32x4.shr_s(s2, fractionBits), i32x4.shr_s(s3, fractionBits));
      v128.store(target + x, i8x16.narrow_i16x8_u(low, high));
    }
    target += stride;
  }
}

/**
 * Every pixel of a row from its neighbours in the row.
 *
 * @param source - `rows` rows of RGB, `stride` bytes apart, and 16 bytes more.
 * @param target - Gets rows of `width` RGB pixels without gaps, and a byte more.
 * @param starts - Of every pixel, the byte of its first neighbour in a row.
 * @param weights - For every pixel `pairs` times two neighbours: the upper parts of their two weights in 16 bits each,
 *   then the lower parts.
 */
export function resampleRgbRows(
  source: usize,
  target: usize,
  starts: usize,
  weights: usize,
  pairs: i32,
  stride: i32,
  rows: i32,
  width: i32,
): void {
  const none = i8x16.splat(0);
  for (let y = 0; y < rows; y++) {
    let w = weights;
    for (let x = 0; x < width; x++) {
      let at = source + load<i32>(starts + 4 * x);
      let upper = i32x4.splat(0);
      let lower = i32x4.splat(half);
      for (const end = w + 8 * pairs; w < end; w += 8) {
        // Red, green and blue of two pixels, side by side in 16 bits each.
        const samples = i8x16.shuffle(
          v128.load64_zero(at),
          none,
          0,
          16,
          3,
          16,
          1,
          16,
          4,
          16,
          2,
          16,
          5,
          16,
          16,
          16,
          16,
          16,
        );
        upper = i32x4.add(upper, i32x4.dot_i16x8_s(samples, v128.load32_splat(w)));
        lower = i32x4.add(lower, i32x4.dot_i16x8_s(samples, v128.load32_splat(w, 4)));
        at += 6;
      }
      const sum = i32x4.shr_s(i32x4.add(i32x4.shl(upper, lowBits), lower), fractionBits);
      const words = i16x8.narrow_i32x4_s(sum, sum);
      store<u32>(target, i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0));
      target += 3;
    }
    source += stride;
  }
}
