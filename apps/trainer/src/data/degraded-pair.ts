import { randomStream } from '@sparnet/core';
import { apply, sample, type Parameters, type Recipe } from '@sparnet/degrade';
import { resize, type Image } from '@sparnet/image';

/** A face and what was made of it, RGB. */
export interface DegradedPair {
  hr: Image;
  /** The degraded image, of whatever size the recipe gives it. */
  lr: Image;
  /** The degraded image in the size of `hr`. */
  lrUp: Image;
}

/** How a training picture is degraded: a function of recipe, seed, epoch and position in the epoch's order alone. */
export function trainingDraw(
  recipe: Recipe,
  { seed, epoch, index }: { seed: number; epoch: number; index: number },
): Parameters {
  return sample(recipe, seedOf({ seed, purpose: 'degrade', epoch }), index);
}

/**
 * How a validation picture is degraded: a function of the recipe and the picture's place in the set alone, so that
 * validations, and runs of other seeds, can be compared.
 */
export function validationDraw(recipe: Recipe, index: number): Parameters {
  return sample(recipe, seedOf({ seed: 0, purpose: 'degrade validation' }), index);
}

/**
 * Degrades a face. A recipe that is stated for photos of one size (`hr`) gets the face in that size: its blurs and LR
 * sizes keep their meaning for the face, and what comes out is resized to the face's own size. All this resizing is
 * Pillow's bicubic.
 *
 * @param hr - The face in the size of the network's output.
 * @throws SparnetError `bad-argument` when a step would make the image too large.
 */
export function degradedPair(hr: Image, { hr: stated, ...parameters }: Parameters): DegradedPair {
  const { width, height } = hr;
  const photo = stated ? resize(hr, stated) : hr;
  const made = apply(photo, parameters);
  const sized = (image: Image): Image => resize(image, { width, height });
  // Resized twice, a face would not be what it was.
  return { hr: same(made.hr, photo) ? hr : sized(made.hr), lr: made.lr, lrUp: sized(made.lrUp) };
}

function same(a: Image, b: Image): boolean {
  return a.data.every((level, i) => level === b.data[i]);
}

function seedOf(address: { seed: number; purpose: string; epoch?: number }): number {
  return randomStream(address).uint32();
}
