import { SparnetError } from '@sparnet/core';
import type { Plane } from './plane.ts';

/** Refuses a plane with a side below `least` samples. */
export function checkLeastSide(
  metric: string,
  { width, height }: Pick<Plane, 'width' | 'height'>,
  least: number,
): void {
  if (Math.min(width, height) >= least) return;
  throw new SparnetError(
    'bad-image',
    `${metric} needs at least ${least} x ${least} pixels inside the border, got ${width} x ${height}`,
  );
}
