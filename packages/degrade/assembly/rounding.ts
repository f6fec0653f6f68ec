// Sums of float32 are close to those of float64 that define the result, and round to the same level unless they lie
// near the middle between two levels. Those that do are listed: the caller computes them again.

let first: usize = 0;
let next: usize = 0;
let end: usize = 0;
/** Half a level less the largest error of a sum. */
let sure: v128 = f32x4.splat(0);

/** Begins an empty list of doubtful samples with room for `capacity` positions of 4 bytes. */
export function startDoubts(list: usize, capacity: i32, error: f32): void {
  first = list;
  next = list;
  end = list + 4 * capacity;
  sure = f32x4.splat(0.5 - error);
}

/** How many samples are doubtful; more than there is room for when the list ended early. */
export function countDoubts(): i32 {
  return i32((next - first) >> 2);
}

/**
 * Writes sixteen levels: 128 more than the integers below the sums. Of samples that lie nearer to an integer than the
 * largest error, those before `count` are listed by `position` and their place.
 */
export function storeLevels(
  target: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  position: i32,
  count: i32,
): void {
  const f0 = f32x4.floor(s0);
  const f1 = f32x4.floor(s1);
  const f2 = f32x4.floor(s2);
  const f3 = f32x4.floor(s3);
  const d0 = doubtful(s0, f0);
  const d1 = doubtful(s1, f1);
  const d2 = doubtful(s2, f2);
  const d3 = doubtful(s3, f3);
  if (v128.any_true(v128.or(v128.or(d0, d1), v128.or(d2, d3)))) {
    const low = i32x4.bitmask(d0) | (i32x4.bitmask(d1) << 4);
    note(low | (i32x4.bitmask(d2) << 8) | (i32x4.bitmask(d3) << 12), position, count);
  }
  const middle = i16x8.splat(128);
  const lower = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f0), i32x4.trunc_sat_f32x4_s(f1));
  const upper = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f2), i32x4.trunc_sat_f32x4_s(f3));
  v128.store(target, i8x16.narrow_i16x8_u(i16x8.add_sat_s(lower, middle), i16x8.add_sat_s(upper, middle)));
}

function doubtful(sum: v128, below: v128): v128 {
  return f32x4.gt(f32x4.abs(f32x4.sub(f32x4.sub(sum, below), f32x4.splat(0.5))), sure);
}

function note(lanes: i32, position: i32, count: i32): void {
  while (lanes != 0) {
    const lane = ctz(lanes);
    lanes &= lanes - 1;
    if (lane >= count) return;
    if (next < end) store<i32>(next, position + lane);
    next += 4;
  }
}

/** Sixteen samples less 128, as numbers. */
export function widen(source: usize, target: usize): void {
  const samples = v128.xor(v128.load(source), i8x16.splat(-128));
  const low = i16x8.extend_low_i8x16_s(samples);
  const high = i16x8.extend_high_i8x16_s(samples);
  v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)));
  v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), 16);
  v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), 32);
  v128.store(target, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), 48);
}

/** Rows of samples less 128, as numbers; `stride` is a multiple of 16. */
export function widenRows(source: usize, target: usize, samples: i32): void {
  for (let i = 0; i < samples; i += 16) widen(source + i, target + 4 * i);
}
