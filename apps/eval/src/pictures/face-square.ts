import { crop, photographSquare, resize, type Image } from '@sparnet/image';

/**
 * A photograph as a square of `size` pixels, as the trainer's validation makes it: cut by `photographSquare`, resized by
 * Pillow's bicubic.
 */
export function faceSquare(image: Image, size: number): Image {
  const { left, top, side } = photographSquare(image);
  return resize(crop(image, { left, top, width: side, height: side }), { width: size, height: size });
}
