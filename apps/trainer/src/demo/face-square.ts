import type { Box } from '../data/boxes.ts';
import type { Square } from '@sparnet/image';

/**
 * The square about a detected face, as rough face crops are made for validation: its side is 1.25 times the height of
 * the face, its centre that of the face.
 *
 * @returns `undefined` when the square is smaller than `smallest` pixels or doesn't lie wholly inside the photograph.
 */
export function faceSquare(
  { left, top, right, bottom }: Box,
  photo: { width: number; height: number },
  { smallest = 96 }: { smallest?: number } = {},
): Square | undefined {
  const side = Math.round(1.25 * (bottom - top));
  const square = {
    left: Math.round((left + right - side) / 2),
    top: Math.round((top + bottom - side) / 2),
    side,
  };
  return side >= smallest && isInside(square, photo) ? square : undefined;
}

/** Whether the square lies wholly inside the photograph. */
function isInside(square: Square, photo: { width: number; height: number }): boolean {
  const { left, top, side } = square;
  return left >= 0 && top >= 0 && left + side <= photo.width && top + side <= photo.height;
}
