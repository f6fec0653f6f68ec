import { checkNumber, invalid } from '@sparnet/core';
import { createImage, type Image } from '@sparnet/image';
import { colourScale, type ScaleName } from './colour-scale.ts';
import type { ErrorMap } from './error-map.ts';
import type { ImprovementMap } from './improvement.ts';

/** A map as a picture, and how to read it. */
export interface HeatMap {
  /** RGB, a pixel for each value. */
  image: Image;
  /** Five values from the least to the greatest of the range, with the colours that stand for them. */
  legend: { value: number; colour: [number, number, number] }[];
}

const scaleOf: Record<(ErrorMap | ImprovementMap)['kind'], ScaleName> = {
  error: 'sequential',
  improvement: 'diverging',
};

/**
 * A map of errors in colours from dark (least) to bright (most), or a map of an improvement from red (worse) over white (no
 * change) to blue (better). Equal steps in value look about equally large, and print in grey in the right order.
 *
 * @param options.range - The values at the ends of the colours; what lies beyond takes the colour of the end. Give it when
 *   several maps are to be compared. Default: from 0 to the greatest value, or as far to either side of 0.
 * @throws SparnetError `bad-argument` when the range is empty, or that of an improvement not symmetric about 0.
 */
export function toHeatMap(
  map: ErrorMap | ImprovementMap,
  { range = fullRange(map) }: { range?: readonly [number, number] } = {},
): HeatMap {
  const [low, high] = checkRange(range, map.kind);
  const colours = colourScale(scaleOf[map.kind]);
  const last = colours.length - 1;
  const colourAt = (value: number) =>
    colours[Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * last)]!;
  const image = createImage({ width: map.width, height: map.height, channels: 3 });
  map.values.forEach((value, i) => image.data.set(colourAt(value), 3 * i));
  const legend = [0, 1, 2, 3, 4].map((step) => {
    const value = low + ((high - low) * step) / 4;
    return { value, colour: [...colourAt(value)] as [number, number, number] };
  });
  return { image, legend };
}

function fullRange({ kind, values }: ErrorMap | ImprovementMap): [number, number] {
  const most = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0) || 1;
  return [kind === 'improvement' ? -most : 0, most];
}

function checkRange(
  range: readonly [number, number],
  kind: 'error' | 'improvement',
): readonly [number, number] {
  const [low, high] = range;
  checkNumber('range[0]', low);
  checkNumber('range[1]', high);
  if (low >= high) throw invalid('range', 'a lower and a higher value', range);
  if (kind === 'improvement' && low !== -high) {
    throw invalid('range', 'values as far below 0 as above for an improvement', range);
  }
  return range;
}
