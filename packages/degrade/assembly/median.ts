// A median is the first level that at least half of the window don't exceed. So for every level between the smallest and
// the largest median of a tile, the samples that don't exceed it are counted in all windows at once, sixteen a vector:
// sums of zeros and ones that run down the columns, then over the window's width. Neighbouring medians differ little,
// so a tile has few such levels, and their number hardly depends on the window.

/** Columns and rows of a tile. */
const tileWidth: i32 = 32;
const tileHeight: i32 = 12;

/**
 * The medians over size x size samples.
 *
 * @param source - `rows` rows and `size` - 1 more of `stride` samples of `channels` channels, a multiple of both; at
 *   least the window of a tile.
 * @param target - Gets rows of `stride` samples, of which the first `count` are valid.
 * @param planes - Room for one channel of all rows, of `rows`, and 64 samples.
 * @param size - Odd, from 5 to 15: counts then fit in 8 bits.
 */
export function medianRows(
  source: usize,
  target: usize,
  planes: usize,
  size: i32,
  channels: i32,
  stride: i32,
  rows: i32,
  count: i32,
): void {
  const width = stride / channels;
  const wanted = count / channels;
  const medians = planes + (rows + size) * width;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < rows + size - 1; y++)
      gather(source + y * stride + channel, planes + y * width, channels, width);
    for (let top = 0; top < rows; top += tileHeight) {
      const high = min(tileHeight, rows - top);
      for (let left = 0; left < wanted; left += tileWidth) {
        // The last tile ends with the picture: what lies beyond has medians of its own.
        const at = top * width + max(min(left, wanted - tileWidth), 0);
        filterTile(planes + at, medians + at, width, high, size);
      }
    }
    for (let y = 0; y < rows; y++)
      scatter(medians + y * width, target + y * stride + channel, channels, wanted);
  }
}

function gather(from: usize, to: usize, channels: i32, width: i32): void {
  for (const end = to + width; to < end; to++) {
    store<u8>(to, load<u8>(from));
    from += channels;
  }
}

function scatter(from: usize, to: usize, channels: i32, width: i32): void {
  for (const end = from + width; from < end; from++) {
    store<u8>(to, load<u8>(from));
    to += channels;
  }
}

/** What a count over the windows of a tile has shown: medians above the level, medians not above it. */
let someAbove: bool = false;
let someBelow: bool = false;

function filterTile(source: usize, target: usize, stride: i32, rows: i32, size: i32): void {
  for (let y = 0; y < rows; y++) {
    v128.store(target + y * stride, i8x16.splat(0));
    v128.store(target + y * stride, i8x16.splat(0), 16);
  }
  // Every median is above the levels below `low`, none is above `high`.
  let low = 0;
  let high = 255;
  /** Levels that were counted although every median is above them. */
  let idle = 0;
  let level = min(i32(load<u8>(source + ((rows + size) >> 1) * stride + 16)), 254);
  while (low < high) {
    countLevel(source, target, stride, rows, size, level);
    if (someAbove && someBelow) break;
    if (someAbove) {
      low = level + 1;
      idle++;
    } else high = level;
    level = (low + high) >> 1;
  }
  let smallest = low;
  if (low < high) {
    smallest = level;
    while (smallest > low) {
      countLevel(source, target, stride, rows, size, smallest - 1);
      if (!someBelow) {
        idle++;
        break;
      }
      smallest--;
    }
    while (++level < high) {
      countLevel(source, target, stride, rows, size, level);
      if (!someAbove) break;
    }
  }
  const start = i8x16.splat(i8(smallest - idle));
  for (let y = 0; y < rows; y++) {
    const at = target + y * stride;
    v128.store(at, i8x16.add(v128.load(at), start));
    v128.store(at, i8x16.add(v128.load(at, 16), start), 16);
  }
}

/** Adds 1 to the results of the tile whose median is above the level. */
function countLevel(source: usize, target: usize, stride: i32, rows: i32, size: i32, level: i32): void {
  const limit = i8x16.splat(i8(level));
  const half = i8x16.splat(i8((size * size + 1) >> 1));
  let above = i8x16.splat(0);
  let below = i8x16.splat(-1);
  // The counts down the columns.
  let a1 = i8x16.splat(0);
  let b1 = i8x16.splat(0);
  let c1 = i8x16.splat(0);
  const none = i8x16.splat(0);
  let entering = source;
  for (const end = source + (size - 1) * stride; entering < end; entering += stride) {
    a1 = i8x16.sub(a1, i8x16.le_u(v128.load(entering), limit));
    b1 = i8x16.sub(b1, i8x16.le_u(v128.load(entering, 16), limit));
    c1 = i8x16.sub(c1, i8x16.le_u(v128.load(entering, 32), limit));
  }
  for (const end = entering + rows * stride; entering < end; entering += stride) {
    a1 = i8x16.sub(a1, i8x16.le_u(v128.load(entering), limit));
    b1 = i8x16.sub(b1, i8x16.le_u(v128.load(entering, 16), limit));
    c1 = i8x16.sub(c1, i8x16.le_u(v128.load(entering, 32), limit));
    // The counts over 2, 4 and 8 columns, and of these the window's width.
    const a2 = i8x16.add(a1, shift1(a1, b1));
    const b2 = i8x16.add(b1, shift1(b1, c1));
    const c2 = i8x16.add(c1, shift1(c1, none));
    let left: v128;
    let right: v128;
    const a4 = i8x16.add(a2, shift2(a2, b2));
    const b4 = i8x16.add(b2, shift2(b2, c2));
    const c4 = i8x16.add(c2, shift2(c2, none));
    if (size == 5) {
      left = i8x16.add(a4, shift4(a1, b1));
      right = i8x16.add(b4, shift4(b1, c1));
    } else if (size == 7) {
      left = i8x16.add(i8x16.add(a4, shift4(a2, b2)), shift6(a1, b1));
      right = i8x16.add(i8x16.add(b4, shift4(b2, c2)), shift6(b1, c1));
    } else {
      left = i8x16.add(a4, shift4(a4, b4));
      right = i8x16.add(b4, shift4(b4, c4));
      if (size == 9) {
        left = i8x16.add(left, shift8(a1, b1));
        right = i8x16.add(right, shift8(b1, c1));
      } else if (size == 11) {
        left = i8x16.add(i8x16.add(left, shift8(a2, b2)), shift10(a1, b1));
        right = i8x16.add(i8x16.add(right, shift8(b2, c2)), shift10(b1, c1));
      } else {
        left = i8x16.add(left, shift8(a4, b4));
        right = i8x16.add(right, shift8(b4, c4));
        if (size == 13) {
          left = i8x16.add(left, shift12(a1, b1));
          right = i8x16.add(right, shift12(b1, c1));
        } else {
          left = i8x16.add(i8x16.add(left, shift12(a2, b2)), shift14(a1, b1));
          right = i8x16.add(i8x16.add(right, shift12(b2, c2)), shift14(b1, c1));
        }
      }
    }
    left = i8x16.lt_u(left, half);
    right = i8x16.lt_u(right, half);
    v128.store(target, i8x16.sub(v128.load(target), left));
    v128.store(target, i8x16.sub(v128.load(target, 16), right), 16);
    above = v128.or(above, v128.or(left, right));
    below = v128.and(below, v128.and(left, right));
    target += stride;
    const leaving = entering - (size - 1) * stride;
    a1 = i8x16.add(a1, i8x16.le_u(v128.load(leaving), limit));
    b1 = i8x16.add(b1, i8x16.le_u(v128.load(leaving, 16), limit));
    c1 = i8x16.add(c1, i8x16.le_u(v128.load(leaving, 32), limit));
  }
  someAbove = v128.any_true(above);
  someBelow = !i8x16.all_true(below);
}

function shift1(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

function shift2(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
}

function shift4(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
}

function shift6(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
}

function shift8(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
}

function shift10(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25);
}

function shift12(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
}

function shift14(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}
