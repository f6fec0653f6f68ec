import { checkInteger, checkNumber } from '@sparnet/core';
import type { Image } from '@sparnet/image';
import { cosine, sine } from '../arithmetic/sine.ts';
import { kernelBlur, type Kernel } from './kernel-blur.ts';
import { normalised } from './normalised.ts';

/** How a camera moved. */
export interface Motion {
  /** Side of the kernel in pixels, 1 to 101; an even one is raised by 1. */
  size: number;
  /** Degrees, clockwise from upright. */
  angle?: number;
  /** From -1 (all weight at the end) over 0 (even) to 1 (all weight at the start). */
  direction?: number;
}

/**
 * Blurred along a line by {@link motionKernel}: correlation, border mirrored without its edge pixel (d c b | a b c d),
 * float64, rounded once, ties up. It costs what the line has pixels.
 *
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function motionBlur(image: Image, { size, angle = 0, direction = 0 }: Motion): Image {
  return kernelBlur(image, motionKernel({ size, angle, direction }));
}

/**
 * imgaug's kernel of a motion, without its rounding to 8 bits: the middle column holds a ramp from d at the top to 1 - d
 * at the bottom, d = (direction + 1) / 2; it is turned about the middle with bilinear interpolation, zero outside, and
 * divided by its sum.
 *
 * @throws SparnetError `bad-argument` for an invalid option.
 */
export function motionKernel({ size: wanted, angle = 0, direction = 0 }: Motion): Kernel {
  checkInteger('size', wanted, 1, 101);
  checkNumber('angle', angle, -36000, 36000);
  checkNumber('direction', direction, -1, 1);
  const size = wanted % 2 === 0 ? wanted + 1 : wanted;
  const reach = (size - 1) / 2;
  const start = (direction + 1) / 2;
  const ramp = Float64Array.from({ length: size }, (_, i) =>
    size === 1 ? 1 : start + ((1 - 2 * start) * i) / (size - 1),
  );
  const radians = (angle * Math.PI) / 180;
  const cos = cosine(radians);
  const sin = sine(radians);
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size) - reach;
    const y = Math.floor(i / size) - reach;
    return onLine(ramp, cos * x + sin * y, cos * y - sin * x + reach);
  });
  return { size, weights: normalised(weights) };
}

/** The ramp at a distance `across` from its line and at a position along it. */
function onLine(ramp: Float64Array, across: number, along: number): number {
  const share = 1 - Math.abs(across);
  if (share <= 0) return 0;
  const lower = Math.floor(along);
  const rest = along - lower;
  return share * ((1 - rest) * (ramp[lower] ?? 0) + rest * (ramp[lower + 1] ?? 0));
}
