import { checkInteger } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { repeated } from '../border.ts';
import { opaquePixels, type Pixels } from '../opaque-pixels.ts';
import { medianInSimd } from './median-in-simd.ts';

/**
 * The median over size x size pixels, each channel on its own; exact. The border repeats its edge pixel
 * (a a | a b c | c c). Any size costs about the same: a histogram is kept for every column (Perreault and Hebert, IEEE
 * TIP 2007).
 *
 * @param options.size - Side of the window in pixels, 1 to 255; an even one is raised by 1.
 * @throws SparnetError `bad-argument` for an invalid size, `bad-image` for an invalid image or one with alpha.
 */
export function medianBlur(image: Image, { size }: { size: number }): Image {
  checkInteger('size', size, 1, 255);
  const pixels = opaquePixels(image);
  const reach = Math.floor(size / 2);
  return createImage({ ...pixels, data: medianInSimd(pixels, reach) ?? median(pixels, reach) });
}

function median(pixels: Pixels, reach: number): Uint8Array {
  const result = new Uint8Array(pixels.data.length);
  for (let left = 0; left < pixels.width; left += stripWidth) {
    const strip = { left, width: Math.min(stripWidth, pixels.width - left) };
    for (let channel = 0; channel < pixels.channels; channel++)
      filterStrip(pixels, { ...strip, channel, reach }, result);
  }
  return result;
}

/** So many columns have their histograms (272 counts each) in the cache of a core. */
const stripWidth = 512;

/** Levels are counted twice: each by itself, and in groups of 16, so that a median is found in two short searches. */
const groups = 16;

/** Some columns of one channel. */
interface Strip {
  left: number;
  width: number;
  channel: number;
  reach: number;
}

function filterStrip(pixels: Pixels, { left, width, channel, reach }: Strip, result: Uint8Array): void {
  const { height, channels, data } = pixels;
  const stride = pixels.width * channels;
  const columns = Int32Array.from(
    { length: width + 2 * reach },
    (_, i) => repeated(left + i - reach, pixels.width) * channels + channel,
  );
  /** Of every column over the window's rows. */
  const levels = new Uint16Array(columns.length * 256);
  const coarse = new Uint16Array(columns.length * groups);
  function count(y: number, change: 1 | -1): void {
    const row = repeated(y, height) * stride;
    for (let i = 0; i < columns.length; i++) {
      const level = data[row + columns[i]!]!;
      const counter = i * 256 + level;
      const group = i * groups + (level >> 4);
      levels[counter] = levels[counter]! + change;
      coarse[group] = coarse[group]! + change;
    }
  }
  for (let y = -reach; y <= reach; y++) count(y, 1);
  for (let y = 0; y < height; y++) {
    if (y > 0) {
      count(y - 1 - reach, -1);
      count(y + reach, 1);
    }
    const to = y * stride + left * channels + channel;
    filterRow({ levels, coarse, width, reach }, result, to, channels);
  }
}

interface ColumnHistograms {
  levels: Uint16Array;
  coarse: Uint16Array;
  /** Of the result; there are as many columns more as the window is wide, less one. */
  width: number;
  reach: number;
}

function filterRow(
  { levels, coarse, width, reach }: ColumnHistograms,
  result: Uint8Array,
  to: number,
  channels: number,
): void {
  const side = 2 * reach + 1;
  const rank = (side * side - 1) / 2;
  const window = new Int32Array(256);
  const windowCoarse = new Int32Array(groups);
  /** Up to which pixel the levels of a group are counted in `window`: only those that are looked at are kept up. */
  const countedAt = new Int32Array(groups).fill(-side - 1);
  for (let i = 0; i < side; i++) addCounts(windowCoarse, 0, coarse, i * groups);
  for (let x = 0; x < width; x++, to += channels) {
    if (x > 0) moveCounts(windowCoarse, 0, coarse, (x + side - 1) * groups, (x - 1) * groups);
    let below = 0;
    let group = 0;
    while (below + windowCoarse[group]! <= rank) below += windowCoarse[group++]!;
    const first = group * 16;
    const counted = countedAt[group]!;
    if (x - counted > reach) {
      window.fill(0, first, first + 16);
      for (let i = x; i < x + side; i++) addCounts(window, first, levels, i * 256 + first);
    } else {
      for (let i = counted + 1; i <= x; i++)
        moveCounts(window, first, levels, (i + side - 1) * 256 + first, (i - 1) * 256 + first);
    }
    countedAt[group] = x;
    let level = first;
    while (below + window[level]! <= rank) below += window[level++]!;
    result[to] = level;
  }
}

function addCounts(counts: Int32Array, at: number, from: Uint16Array, entering: number): void {
  for (let i = 0; i < 16; i++) counts[at + i] = counts[at + i]! + from[entering + i]!;
}

function moveCounts(
  counts: Int32Array,
  at: number,
  from: Uint16Array,
  entering: number,
  leaving: number,
): void {
  for (let i = 0; i < 16; i++) counts[at + i] = counts[at + i]! + from[entering + i]! - from[leaving + i]!;
}
