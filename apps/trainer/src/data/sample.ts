import { SparnetError, checkInteger } from '@sparnet/core';
import { applyAtOwnSize, type Degraded, type Parameters, type Recipe } from '@sparnet/degrade';
import {
  crop,
  flipHorizontal,
  resize,
  rotateQuarterTurns,
  toRgb,
  type Image,
  type Square,
} from '@sparnet/image';
import { augmentedSquare, drawAugmentation, type Augmentation } from './augmentation.ts';
import type { Box } from './boxes.ts';
import { cropRule } from './crop-rule.ts';
import { trainingDraw } from './degradation-draw.ts';

/** The sizes of a training pair. */
export interface SampleSizes {
  /** Side of the high-resolution picture in pixels. */
  outputSize: number;
  /** Factor between the two resolutions where no recipe degrades; it divides `outputSize`. */
  scale: number;
  /** Side of the network's input: `outputSize` for LR-UP, `outputSize / scale` for the LR picture itself, or between. */
  inputSize: number;
}

/** A training pair, RGB. */
export interface Sample {
  /** The face at `outputSize`. */
  hr: Image;
  /** `hr` reduced by `scale`, or degraded by the recipe to whatever size. */
  lr: Image;
  /** What the network sees: LR-UP if `inputSize` is `outputSize`, else `lr` resized to `inputSize`. */
  input: Image;
}

/** A validation pair, RGB. */
export interface ValidationPair extends Sample {
  /** `lr` at `outputSize`. */
  lrUp: Image;
}

/**
 * Makes a training pair from a picture: the face square, changed at random, then one resampling to the output size;
 * then it is reduced, or degraded. All resampling but a recipe's own is Pillow's bicubic on 8 bit.
 *
 * @param image - The decoded picture.
 * @param options - The sizes; `seed`, `epoch` and `index` (position in the epoch's order), which alone decide the
 *   random changes; `box`, the face box if one is known; `augmentation`, which changes are made; `recipe`, how the
 *   face is degraded if not by reducing alone.
 * @throws SparnetError `bad-image` when the box doesn't lie inside the picture, `bad-argument` for impossible options.
 */
export function makeSample(
  image: Image,
  {
    seed,
    epoch,
    index,
    box,
    augmentation,
    recipe,
    ...sizes
  }: SampleSizes & {
    seed: number;
    epoch: number;
    index: number;
    box?: Box | undefined;
    augmentation: Augmentation;
    recipe?: Recipe | undefined;
  },
): Sample {
  checkSampleSizes(sizes);
  const draw = drawAugmentation({ seed, epoch, index }, augmentation);
  const face = cropRule({ width: image.width, height: image.height, box });
  const upright = resized(image, augmentedSquare(face, image, draw), sizes.outputSize);
  const mirrored = draw.flip ? flipHorizontal(upright) : upright;
  const hr = rotateQuarterTurns(mirrored, draw.turns);
  if (!recipe) return reducedPair(hr, sizes);
  return withInput(applyAtOwnSize(hr, trainingDraw(recipe, { seed, epoch, index })), sizes);
}

/**
 * Makes a validation pair: the face square as it is, resized to the output size. Errors as {@link makeSample}.
 *
 * @param options - The sizes; `box`, as there; `parameters`, how the face is degraded if not by reducing alone.
 */
export function makeValidationSample(
  image: Image,
  { box, parameters, ...sizes }: SampleSizes & { box?: Box | undefined; parameters?: Parameters | undefined },
): ValidationPair {
  checkSampleSizes(sizes);
  const face = cropRule({ width: image.width, height: image.height, box });
  const hr = resized(image, face, sizes.outputSize);
  if (parameters) return withInput(applyAtOwnSize(hr, parameters), sizes);
  const pair = reducedPair(hr, sizes);
  return { ...pair, lrUp: resize(pair.lr, { width: sizes.outputSize, height: sizes.outputSize }) };
}

/**
 * Checks the sizes of a training pair.
 *
 * @throws SparnetError `bad-argument` when one is no positive integer or `scale` doesn't divide `outputSize`.
 */
export function checkSampleSizes({ outputSize, scale, inputSize }: SampleSizes): void {
  checkInteger('outputSize', outputSize, 1);
  checkInteger('scale', scale, 1);
  checkInteger('inputSize', inputSize, 1);
  if (outputSize % scale !== 0) {
    throw new SparnetError('bad-argument', `the scale ${scale} doesn't divide the output size ${outputSize}`);
  }
}

function resized(image: Image, { left, top, side }: Square, size: number): Image {
  const face = toRgb(crop(image, { left, top, width: side, height: side }));
  return resize(face, { width: size, height: size });
}

/** `hr` reduced by `scale`. LR-UP is made only where it is the input. */
function reducedPair(hr: Image, { scale, inputSize }: SampleSizes): Sample {
  const lrSize = hr.width / scale;
  const lr = resize(hr, { width: lrSize, height: lrSize });
  const input = inputSize === lrSize ? lr : resize(lr, { width: inputSize, height: inputSize });
  return { hr, lr, input };
}

/** A degraded pair with what the network sees of it. */
function withInput({ hr, lr, lrUp }: Degraded, { outputSize, inputSize }: SampleSizes): ValidationPair {
  const input = inputSize === outputSize ? lrUp : resize(lr, { width: inputSize, height: inputSize });
  return { hr, lr, lrUp, input };
}
