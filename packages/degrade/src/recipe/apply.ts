import { resize as resizeLikePillow, toRgb, type Image } from '@sparnet/image';
import { resize } from '../resize/resize.ts';
import { checkParameters } from './check-parameters.ts';
import { operationOf } from './operations.ts';
import type { Parameters } from './recipe.ts';

/** A pair for training, and how it was made. All images are RGB. */
export interface Degraded {
  /** What is to be restored: the photo, in the size that the recipe asks for. */
  hr: Image;
  /** The degraded image. */
  lr: Image;
  /** The LR image enlarged to the size of `hr`. */
  lrUp: Image;
  parameters: Parameters;
}

/**
 * Degrades an image exactly as the parameters say: the same bits on any machine and in any JavaScript engine. Grey images
 * become RGB first, alpha is flattened over white. Between the steps the image has 8 bits a sample.
 *
 * @param parameters - From `sample`, perhaps by way of JSON, or written by hand.
 * @throws SparnetError `bad-image` for an invalid image; `bad-config` for invalid parameters, naming the place in them;
 *   `bad-argument` when a step would make the image too large.
 */
export function apply(image: Image, parameters: Parameters): Degraded {
  const { hr: size, steps, enlarge } = checkParameters(parameters);
  const photo = toRgb(image);
  const hr = size ? resizeLikePillow(photo, { ...size, filter: 'bicubic' }) : photo;
  let lr = hr;
  for (const step of steps) lr = operationOf(step.op).run(lr, step, hr);
  const lrUp = resize(lr, { width: hr.width, height: hr.height, ...enlarge });
  return { hr, lr, lrUp, parameters };
}
