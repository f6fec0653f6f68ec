/**
 * The medians over 3 x 3 samples: of the largest of the three columns' smallest, the middle one of their middle ones and
 * the smallest of their largest, the middle one.
 *
 * @param source - `rows` rows and 2 more of `stride` samples; one row more may be read.
 * @param target - Gets rows of `stride` samples, of which the first `count` are valid.
 */
export function medianOfNineRows(
  source: usize,
  target: usize,
  channels: i32,
  stride: i32,
  rows: i32,
  count: i32,
): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < count; x += 16) {
      const at = source + x;
      sortColumn(at, stride);
      const low0 = low;
      const middle0 = middle;
      const high0 = high;
      sortColumn(at + channels, stride);
      const low1 = low;
      const middle1 = middle;
      const high1 = high;
      sortColumn(at + 2 * channels, stride);
      const largestLow = i8x16.max_u(i8x16.max_u(low0, low1), low);
      const smallestHigh = i8x16.min_u(i8x16.min_u(high0, high1), high);
      const centre = middleOf(middle0, middle1, middle);
      v128.store(target + x, middleOf(largestLow, centre, smallestHigh));
    }
    source += stride;
    target += stride;
  }
}

let low: v128 = i8x16.splat(0);
let middle: v128 = i8x16.splat(0);
let high: v128 = i8x16.splat(0);

function sortColumn(at: usize, stride: i32): void {
  const a = v128.load(at);
  const b = v128.load(at + stride);
  const c = v128.load(at + 2 * stride);
  const smaller = i8x16.min_u(a, b);
  const larger = i8x16.max_u(a, b);
  low = i8x16.min_u(smaller, c);
  high = i8x16.max_u(larger, c);
  middle = i8x16.max_u(smaller, i8x16.min_u(larger, c));
}

function middleOf(a: v128, b: v128, c: v128): v128 {
  return i8x16.max_u(i8x16.min_u(a, b), i8x16.min_u(i8x16.max_u(a, b), c));
}
