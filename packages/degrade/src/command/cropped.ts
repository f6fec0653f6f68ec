import { crop as cropTo, type Image, type Rectangle } from '@sparnet/image';

/** The part of a picture that is degraded: the centred square, as large as fits, or the rectangle that this came to. */
export type Crop = 'square' | Rectangle;

/** That part of the image, and its place. */
export function cropped(image: Image, crop: Crop): { image: Image; box: Rectangle } {
  const box = crop === 'square' ? centredSquare(image) : crop;
  return { image: cropTo(image, box), box };
}

/** Whether it is a rectangle of whole pixels. */
export function isBox(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { left, top, width, height } = value as Partial<Rectangle>;
  return [left, top, width, height].every((length) => Number.isSafeInteger(length) && length! >= 0);
}

function centredSquare({ width, height }: Image): Rectangle {
  const side = Math.min(width, height);
  return {
    left: Math.floor((width - side) / 2),
    top: Math.floor((height - side) / 2),
    width: side,
    height: side,
  };
}
