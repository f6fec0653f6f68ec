import { resize, toRgb, type Image } from '@sparnet/image';
import { apply, type Degraded } from './apply.ts';
import type { Parameters } from './recipe.ts';

/**
 * {@link apply} for an image that keeps its own size. Parameters that are stated for photos of one size (`hr`) degrade it
 * in that size, so that their blurs and LR sizes mean for what it shows what they were meant to; then `hr` and `lrUp` are
 * brought back to the image's own size. All this resizing is Pillow's bicubic.
 *
 * @returns As `apply`; where no step changes the photo itself, `hr` is the image as it was, not what is left of it after
 *   resizing twice.
 * @throws SparnetError as `apply`.
 */
export function applyAtOwnSize(image: Image, parameters: Parameters): Degraded {
  const { width, height } = image;
  const { hr: stated, ...unsized } = parameters;
  const own = toRgb(image);
  const photo = stated ? resize(own, stated) : own;
  const { hr, lr, lrUp } = apply(photo, unsized);
  const sized = (made: Image): Image => resize(made, { width, height });
  return { hr: same(hr, photo) ? own : sized(hr), lr, lrUp: sized(lrUp), parameters };
}

function same(a: Image, b: Image): boolean {
  return a.data.every((level, i) => level === b.data[i]);
}
