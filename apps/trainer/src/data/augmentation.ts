import { checkNumber, invalid, randomStream } from '@sparnet/core';
import type { Square } from '@sparnet/image';

/** Which random changes training pictures undergo. */
export interface Augmentation {
  /** Mirror every other picture. */
  flip: boolean;
  /** Turn by 0, 90, 180 or 270 degrees, each as likely. */
  rotate: boolean;
  /** Enlarge by a factor drawn from this range, then crop at a random position. */
  rescale: readonly [number, number];
  /** Shift by up to this fraction of the square's side each way, as far as the picture goes. */
  shift: number;
  /** Take in more (above 1) or less of the picture about the face. */
  scale: readonly [number, number];
}

/** What was drawn for one picture. */
export interface AugmentationDraw {
  flip: boolean;
  /** Quarter turns, 0 to 3. */
  turns: number;
  rescale: number;
  /** Position of the crop in the enlarged picture, each way in [0, 1). */
  at: readonly [number, number];
  /** Fractions of the side, to the right and down. */
  shift: readonly [number, number];
  scale: number;
}

/** No change at all, for comparisons. */
export const noAugmentation: Augmentation = {
  flip: false,
  rotate: false,
  rescale: [1, 1],
  shift: 0,
  scale: [1, 1],
};

/**
 * Draws how a picture is changed. The draw is a function of the seed, the epoch and the picture's position in the
 * epoch's order alone, and switching one change off leaves the draws of the others as they are.
 *
 * @throws SparnetError `bad-argument` for a range that is none, rescaling below 1 or a shift outside [0, 1].
 */
export function drawAugmentation(
  { seed, epoch, index }: { seed: number; epoch: number; index: number },
  { flip, rotate, rescale, shift, scale }: Augmentation,
): AugmentationDraw {
  checkRange('rescale', rescale, 1, 8);
  checkRange('scale', scale, 0.1, 8);
  checkNumber('shift', shift, 0, 1);
  const random = randomStream({ seed, purpose: 'augment', epoch, index });
  const mirrored = random.chance(0.5);
  const turns = random.integer(4);
  return {
    flip: flip && mirrored,
    turns: rotate ? turns : 0,
    rescale: random.between(...rescale),
    at: [random.uniform(), random.uniform()],
    shift: [random.between(-shift, shift), random.between(-shift, shift)],
    scale: random.between(...scale),
  };
}

/**
 * The square of the picture that a draw asks for. Scale and shift may reach into the margin around the face square but
 * never beyond the picture. Enlarging by u and cropping back to the size before is taking a window of 1/u of the side:
 * so one resampling, from this window to the output size, does all of it.
 */
export function augmentedSquare(
  { left, top, side }: Square,
  { width, height }: { width: number; height: number },
  draw: AugmentationDraw,
): Square {
  const outer = Math.min(side * draw.scale, width, height);
  const inner = Math.max(1, Math.min(Math.round(outer / draw.rescale), width, height));
  return {
    left: place(left + side / 2 + draw.shift[0] * side, draw.at[0], width),
    top: place(top + side / 2 + draw.shift[1] * side, draw.at[1], height),
    side: inner,
  };

  function place(centre: number, at: number, size: number): number {
    const start = Math.max(0, Math.min(centre - outer / 2, size - outer));
    return Math.max(0, Math.min(Math.round(start + at * (outer - inner)), size - inner));
  }
}

function checkRange(name: string, range: readonly [number, number], min: number, max: number): void {
  const [low, high] = range;
  checkNumber(`${name}[0]`, low, min, max);
  checkNumber(`${name}[1]`, high, min, max);
  if (low > high) throw invalid(name, 'a range, the smaller number first', range);
}
