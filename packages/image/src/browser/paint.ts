import { SparnetError } from '@sparnet/core';

/** A canvas of that size, off screen, in sRGB. */
export function paint(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context) return context;
  throw new SparnetError('bad-image', `the browser has no canvas of ${width} x ${height} pixels`);
}
