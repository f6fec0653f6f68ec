import { checkInteger } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { repeated } from '../border.ts';
import { opaquePixels, type Pixels } from '../opaque-pixels.ts';

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
  const result = createImage({ ...pixels, data: new Uint8Array(pixels.data.length) });
  const reach = Math.floor(size / 2);
  for (let channel = 0; channel < pixels.channels; channel++)
    filterChannel(pixels, channel, reach, result.data as Uint8Array);
  return result;
}

/** Levels are counted twice: each by itself, and in groups of 16, so that a median is found in two short searches. */
const groups = 16;

function filterChannel(pixels: Pixels, channel: number, reach: number, result: Uint8Array): void {
  const { width, height, channels, data } = pixels;
  const stride = width * channels;
  /** Of every column over the window's rows. */
  const levels = new Uint16Array(width * 256);
  const coarse = new Uint16Array(width * groups);
  function count(y: number, change: 1 | -1): void {
    let at = repeated(y, height) * stride + channel;
    for (let x = 0; x < width; x++, at += channels) {
      const level = data[at]!;
      const counter = x * 256 + level;
      const group = x * groups + (level >> 4);
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
    filterRow({ levels, coarse, width, reach }, result, y * stride + channel, channels);
  }
}

interface ColumnHistograms {
  levels: Uint16Array;
  coarse: Uint16Array;
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
  for (let x = -reach; x <= reach; x++) addCounts(windowCoarse, 0, coarse, repeated(x, width) * groups);
  for (let x = 0; x < width; x++, to += channels) {
    if (x > 0) {
      const entering = repeated(x + reach, width) * groups;
      moveCounts(windowCoarse, 0, coarse, entering, repeated(x - 1 - reach, width) * groups);
    }
    let below = 0;
    let group = 0;
    while (below + windowCoarse[group]! <= rank) below += windowCoarse[group++]!;
    const first = group * 16;
    const counted = countedAt[group]!;
    if (x - counted > reach) {
      window.fill(0, first, first + 16);
      for (let i = x - reach; i <= x + reach; i++)
        addCounts(window, first, levels, repeated(i, width) * 256 + first);
    } else {
      for (let i = counted + 1; i <= x; i++) {
        const entering = repeated(i + reach, width) * 256 + first;
        moveCounts(window, first, levels, entering, repeated(i - 1 - reach, width) * 256 + first);
      }
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
  if (entering === leaving) return;
  for (let i = 0; i < 16; i++) counts[at + i] = counts[at + i]! + from[entering + i]! - from[leaving + i]!;
}
