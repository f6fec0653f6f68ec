import { SparnetError } from '@sparnet/core';
import type { Box } from './boxes.ts';

/** A square of a picture, in pixels from its upper left corner. */
export interface Square {
  left: number;
  top: number;
  side: number;
}

/** The face square of CelebA's aligned pictures (`img_align_celeba`), which are all of one size. */
const celeba = { width: 178, height: 218, square: { left: 17, top: 54, side: 144 } } as const;

/**
 * The face square of a picture: that of its box; else, for pictures of exactly 178x218 pixels, the square from
 * (17, 54) to (161, 198), which fits CelebA's aligned faces; else the centred square, as large as fits.
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
  if (box) return boxSquare(box, width, height);
  if (width === celeba.width && height === celeba.height) return { ...celeba.square };
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
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
