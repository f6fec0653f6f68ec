import { repeated } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { filterInStrips } from '../simd/filter-in-strips.ts';
import { simdCode } from '../simd/simd-code.ts';

/** The samples of larger windows are not counted in 8 bits. */
const largestReach = 7;

/** Columns of a tile (assembly/median.ts). */
const tileWidth = 32;

/** The samples of `medianBlur`; undefined where only the plain code can compute them. */
export function medianInSimd(pixels: Pixels, reach: number): Uint8Array | undefined {
  const code = reach <= largestReach && simdCode();
  if (!code || reach === 0) return undefined;
  const { channels } = pixels;
  const size = 2 * reach + 1;
  return filterInStrips(code, pixels, {
    before: reach,
    // A tile of a narrower picture reaches beyond it.
    after: reach + Math.max(0, tileWidth - pixels.width),
    border: repeated,
    scratchOf: ({ stride, rows }) => ((2 * rows + size + 1) * stride) / channels + 128,
    run: ({ source, target, scratch, stride, rows, count }) =>
      reach === 1
        ? code.medianOfNineRows(source, target, channels, stride, rows, count)
        : code.medianRows(source, target, scratch, size, channels, stride, rows, count),
  });
}
