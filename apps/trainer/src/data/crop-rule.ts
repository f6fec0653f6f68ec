import { SparnetError } from '@sparnet/core';
import { photographSquare, type Square } from '@sparnet/image';
import type { Box } from './boxes.ts';

/**
 * The face square of a picture: that of its box; else what `photographSquare` knows.
 *
 * A box that isn't square gives the square of its longer side about its centre, moved and reduced to lie inside.
 *
 * @throws SparnetError `bad-image` when the box doesn't lie inside the picture.
 */
export function cropRule({
  width,
  height,
  box,
}: {
  width: number;
  height: number;
  box?: Box | undefined;
}): Square {
  return box ? boxSquare(box, width, height) : photographSquare({ width, height });
}

function boxSquare({ left, top, right, bottom }: Box, width: number, height: number): Square {
  if (left < 0 || top < 0 || right > width || bottom > height) {
    throw new SparnetError(
      'bad-image',
      `the box (${left}, ${top}, ${right}, ${bottom}) doesn't lie inside the picture of ${width}x${height}`,
    );
  }
  const side = Math.min(Math.max(right - left, bottom - top), width, height);
  return {
    left: clamp(Math.floor((left + right - side) / 2), width - side),
    top: clamp(Math.floor((top + bottom - side) / 2), height - side),
    side,
  };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
