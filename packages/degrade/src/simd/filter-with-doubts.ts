import type { Border } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import { toLevel } from '../to-level.ts';
import { filterInStrips, type Strip } from './filter-in-strips.ts';
import type { SimdCode } from './simd-code.ts';

/** With larger errors, too many samples would be doubtful. */
const largestError = 2 ** -8;

/**
 * The picture filtered by code that computes in float32 what float64 defines. Where its sum lies nearer to the middle
 * between two levels than its error, the sample is doubtful and computed again, so that no result is off.
 *
 * @param options.error - How far a sum may be off.
 * @param options.run - Filters a strip, and returns how many of its samples are doubtful.
 * @param options.exactSum - What float64 makes of the window that begins at `bytes[at]`, `stride` samples a row.
 * @returns As many samples as the picture has; undefined when it is too wide, or has too many doubtful ones to gain.
 */
export function filterWithDoubts(
  code: SimdCode,
  pixels: Pixels,
  options: {
    reach: number;
    border: Border;
    error: number;
    scratchOf(stride: number): number;
    run(strip: Strip): number;
    exactSum(bytes: Uint8Array, at: number, stride: number): number;
  },
): Uint8Array | undefined {
  const { reach, border, error, scratchOf, run, exactSum } = options;
  if (!(error <= largestError)) return undefined;
  let tooMany = false;
  const result = filterInStrips(code, pixels, {
    before: reach,
    after: reach,
    border,
    scratchOf: ({ stride, rows }) => 4 * roomFor(stride * rows) + scratchOf(stride),
    run(strip) {
      if (tooMany) return;
      const { source, target, scratch, stride, rows } = strip;
      const room = roomFor(stride * rows);
      code.startDoubts(scratch, room, error);
      const found = run({ ...strip, scratch: scratch + 4 * room });
      tooMany = found > room;
      if (tooMany) return;
      const bytes = new Uint8Array(code.memory.buffer);
      const levels = new Uint8ClampedArray(code.memory.buffer);
      for (const place of new Int32Array(code.memory.buffer, scratch, found))
        levels[target + place] = toLevel(exactSum(bytes, source + place, stride));
    },
  });
  return tooMany ? undefined : result;
}

/** So many of the samples may be doubtful; a multiple of 16. */
function roomFor(samples: number): number {
  return 16 + 16 * Math.floor(samples / 1024);
}
