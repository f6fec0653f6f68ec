import { createPlane, type Plane } from './plane.ts';

// A box filter. Plain rounding would lift every tie; libjpeg alternates it along a row, so that ties cancel out.

/**
 * The plane at half its width, as the encoder of libjpeg makes 4:2:2. Odd widths are rounded up.
 *
 * @param source - Its padding must be filled: the padding right of the result, as far as blocks reach, comes from it.
 */
export function halveWidth(source: Plane): Plane {
  const { data, stride } = source;
  const result = createPlane(Math.ceil(source.width / 2), source.height);
  for (let y = 0; y < result.height; y++) {
    const to = y * result.stride;
    let from = y * stride;
    for (let x = 0; x < stride >> 1; x++) {
      result.data[to + x] = (data[from]! + data[from + 1]! + (x & 1)) >> 1;
      from += 2;
    }
  }
  return result;
}

/**
 * The plane at half its width and height, as the encoder of libjpeg makes 4:2:0. Odd sizes are rounded up.
 *
 * @param source - Its padding must be filled: the padding right of the result, as far as blocks reach, comes from it.
 */
export function halveSides(source: Plane): Plane {
  const { data, stride } = source;
  const result = createPlane(Math.ceil(source.width / 2), Math.ceil(source.height / 2));
  for (let y = 0; y < result.height; y++) {
    const to = y * result.stride;
    let upper = 2 * y * stride;
    let lower = upper + stride;
    for (let x = 0; x < stride >> 1; x++) {
      const sum = data[upper]! + data[upper + 1]! + data[lower]! + data[lower + 1]!;
      result.data[to + x] = (sum + 1 + (x & 1)) >> 2;
      upper += 2;
      lower += 2;
    }
  }
  return result;
}
