/** A square of a picture, in pixels from its upper left corner. */
export interface Square {
  left: number;
  top: number;
  side: number;
}

/** The face square of CelebA's aligned photographs (`img_align_celeba`), which are all of one size. */
const celeba = { width: 178, height: 218, square: { left: 17, top: 54, side: 144 } } as const;

/**
 * Where a photograph is cut to a square, if nothing is known of where its face is: CelebA's face square, from (17, 54) to
 * (161, 198), in photographs of exactly 178x218 pixels; the centred square, as large as fits, in others.
 */
export function photographSquare({ width, height }: { width: number; height: number }): Square {
  if (width === celeba.width && height === celeba.height) return { ...celeba.square };
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}
