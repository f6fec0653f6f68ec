import { mirrored } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { filterInStrips } from '../simd/filter-in-strips.ts';
import { simdCode } from '../simd/simd-code.ts';

/** The sums of larger windows have more than 16 bits. */
const largestSize = 16;

/** The samples of `averageBlur`; undefined where only the plain code can compute them. */
export function averageInSimd(pixels: Pixels, size: number): Uint8Array | undefined {
  const code = size <= largestSize && simdCode();
  if (!code) return undefined;
  const before = Math.floor(size / 2);
  return filterInStrips(code, pixels, {
    before,
    after: size - 1 - before,
    border: mirrored,
    scratchOf: ({ stride }) => 4 * stride,
    run: ({ source, target, scratch, stride, rows, count }) =>
      code.averageRows(source, target, scratch, size, pixels.channels, stride, rows, count),
  });
}
