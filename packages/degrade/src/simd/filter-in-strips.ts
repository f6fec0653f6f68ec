import type { Border } from '../border.ts';
import type { Pixels } from '../opaque-pixels.ts';
import type { SimdCode } from './simd-code.ts';

/** Where a strip of a picture lies in the memory of the code, with its margins. */
export interface Strip {
  /** The top left sample of the margins; with it begins the window of the first sample of the result. */
  source: number;
  /** Where the first row of the result goes. */
  target: number;
  /** Room for what the code keeps. */
  scratch: number;
  /** Samples from row to row in source and target: a multiple of 64 and of the channels. */
  stride: number;
  /** Of the result. */
  rows: number;
  /** Samples of a row of the result. */
  count: number;
}

/** Memory never takes more than this; a picture that needs more is filtered in strips. */
const maxBytes = 2 ** 25;
/** A strip of fewer rows would be margins above all. */
const fewestRows = 16;
/** Vectors reach so many bytes beyond what they are to load. */
const slack = 64;
const start = 64;

/**
 * The picture filtered strip by strip by code that knows of no borders.
 *
 * @param options.before - Pixels that a window reaches to the left and above; `after`: to the right and below.
 * @param options.scratchOf - How many bytes the code keeps for a strip.
 * @param options.run - Filters a strip.
 * @returns As many samples as the picture has; undefined when it is too wide.
 */
export function filterInStrips(
  { memory }: SimdCode,
  pixels: Pixels,
  options: {
    before: number;
    after: number;
    border: Border;
    scratchOf(strip: { stride: number; rows: number }): number;
    run(strip: Strip): void;
  },
): Uint8Array | undefined {
  const { width, height, channels } = pixels;
  const { before, after, border, scratchOf, run } = options;
  const count = width * channels;
  const grid = 64 * channels;
  const stride = Math.ceil(((before + width + after) * channels + slack) / grid) * grid;
  const bytesOf = (rows: number): number =>
    start + (2 * rows + before + after + 1) * stride + scratchOf({ stride, rows });
  let most = height;
  while (most > fewestRows && bytesOf(most) > maxBytes) most = Math.ceil(most / 2);
  if (bytesOf(most) > maxBytes) return undefined;
  reserve(memory, bytesOf(most));
  const bytes = new Uint8Array(memory.buffer);
  const margins = marginsOf(pixels, { before, after, border });
  const result = new Uint8Array(count * height);
  for (let top = 0; top < height; top += most) {
    const rows = Math.min(most, height - top);
    for (let y = 0; y < rows + before + after; y++) {
      const from = border(top + y - before, height) * count;
      const to = start + y * stride + before * channels;
      bytes.set(pixels.data.subarray(from, from + count), to);
      for (let i = 0; i < margins.length; i += 2) bytes[to + margins[i]!] = bytes[to + margins[i + 1]!]!;
    }
    const target = start + (rows + before + after + 1) * stride;
    run({ source: start, target, scratch: target + rows * stride, stride, rows, count });
    for (let y = 0; y < rows; y++) {
      const from = target + y * stride;
      result.set(bytes.subarray(from, from + count), (top + y) * count);
    }
  }
  return result;
}

/** For every sample beside a row, its place and that of the sample of the row that stands for it. */
function marginsOf(
  { width, channels }: Pixels,
  { before, after, border }: { before: number; after: number; border: Border },
): Int32Array {
  const places: number[] = [];
  const add = (x: number): void => {
    for (let c = 0; c < channels; c++) places.push(x * channels + c, border(x, width) * channels + c);
  };
  for (let x = -before; x < 0; x++) add(x);
  for (let x = width; x < width + after; x++) add(x);
  return Int32Array.from(places);
}

function reserve(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
}
