import { crop, resize, type Image } from '@sparnet/image';

/** The face square of CelebA's aligned photographs (`img_align_celeba`), which are all of one size. */
const celeba = { width: 178, height: 218, left: 17, top: 54, side: 144 } as const;

/**
 * A photograph as a square of `size` pixels, as the trainer's validation makes it: itself where it has that size; else
 * CelebA's face square of photographs of exactly 178x218 pixels, the centred square of others, resized by Pillow's
 * bicubic.
 */
export function faceSquare(image: Image, size: number): Image {
  const { left, top, side } = squareOf(image);
  return resize(crop(image, { left, top, width: side, height: side }), { width: size, height: size });
}

/** Where {@link faceSquare} cuts, in pixels of the photograph. */
export function squareOf({ width, height }: Pick<Image, 'width' | 'height'>): {
  left: number;
  top: number;
  side: number;
} {
  if (width === celeba.width && height === celeba.height) return celeba;
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}
