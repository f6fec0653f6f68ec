/**
 * The means over size x size samples, rounded, ties up: running sums down the columns in 16 bits.
 *
 * @param source - `rows` rows and `size` more of `stride` samples, a multiple of 16.
 * @param target - Gets rows of `stride` samples, of which the first `count` are valid.
 * @param sums - Room for the 16-bit sums of a row and of a window.
 * @param size - At most 16: sums then fit.
 */
export function averageRows(
  source: usize,
  target: usize,
  sums: usize,
  size: i32,
  channels: i32,
  stride: i32,
  rows: i32,
  count: i32,
): void {
  const area = f32(size * size);
  // A quarter keeps exact quotients off the edge; all others are off by 1 / (2 area) at least.
  const half = f32x4.splat(area / 2 + 0.25);
  const share = f32x4.splat(1 / area);
  memory.fill(sums, 0, 2 * stride);
  for (let y = 0; y < size - 1; y++) addRow(sums, source + y * stride, stride);
  for (let y = 0; y < rows; y++) {
    addRow(sums, source + (y + size - 1) * stride, stride);
    const to = target + y * stride;
    for (let x = 0; x < count; x += 16) {
      const from = sums + 2 * x;
      let low = v128.load(from);
      let high = v128.load(from, 16);
      for (let k = 1; k < size; k++) {
        low = i16x8.add(low, v128.load(from + 2 * channels * k));
        high = i16x8.add(high, v128.load(from + 2 * channels * k, 16));
      }
      v128.store(to + x, i8x16.narrow_i16x8_u(mean(low, half, share), mean(high, half, share)));
    }
    subtractRow(sums, source + y * stride, stride);
  }
}

function mean(sum: v128, half: v128, share: v128): v128 {
  const low = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(sum));
  const high = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(sum));
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.add(low, half), share)),
    i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.add(high, half), share)),
  );
}

function addRow(sums: usize, row: usize, stride: i32): void {
  for (let i = 0; i < stride; i += 8) {
    const to = sums + 2 * i;
    v128.store(to, i16x8.add(v128.load(to), v128.load8x8_u(row + i)));
  }
}

function subtractRow(sums: usize, row: usize, stride: i32): void {
  for (let i = 0; i < stride; i += 8) {
    const to = sums + 2 * i;
    v128.store(to, i16x8.sub(v128.load(to), v128.load8x8_u(row + i)));
  }
}
