import { checkNumber, checkOneOf } from '@sparnet/core';
import { createImage, toRgb, type Image } from '@sparnet/image';
import { opaquePixels } from '../opaque-pixels.ts';
import { toLevel } from '../to-level.ts';

const adjustments = { b: brighten, c: contrast, s: saturate, h: turnHue } as const;
type Letter = keyof typeof adjustments;

/** The 24 orders of brightness, contrast, saturation and hue, by their first letters. */
export const jitterOrders: readonly string[] = ordersOf(['b', 'c', 's', 'h']);

/** How colours are changed. */
export interface Jitter {
  /** Factor of all samples, 0 to 10. */
  brightness?: number;
  /** Factor of the distance from the mean grey of the image, 0 to 10. */
  contrast?: number;
  /** Factor of the distance from the pixel's own grey, 0 to 10. */
  saturation?: number;
  /** Turns by which the hue is moved, -0.5 to 0.5. */
  hue?: number;
  /** In which order, by first letters. */
  order?: string;
}

/**
 * The image as RGB with brightness, contrast, saturation and hue changed as torchvision's adjust functions do it, clipped
 * to 0 .. 255 after each, in float64; rounded once, ties up.
 *
 * @throws SparnetError `bad-argument` for an invalid option, `bad-image` for an invalid image or one with alpha.
 */
export function jitterColour(
  image: Image,
  { brightness = 1, contrast: contrasts = 1, saturation = 1, hue = 0, order = 'bcsh' }: Jitter,
): Image {
  const amounts: Record<Letter, number> = {
    b: checkNumber('brightness', brightness, 0, 10),
    c: checkNumber('contrast', contrasts, 0, 10),
    s: checkNumber('saturation', saturation, 0, 10),
    h: checkNumber('hue', hue, -0.5, 0.5),
  };
  checkOneOf('order', order, jitterOrders);
  const { width, height, data } = toRgb(opaquePixels(image));
  const samples = Float64Array.from(data);
  for (const letter of order) adjustments[letter as Letter](samples, amounts[letter as Letter]);
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < samples.length; i++) result[i] = toLevel(samples[i]!);
  return createImage({ width, height, channels: 3, data: new Uint8Array(result.buffer) });
}

function brighten(samples: Float64Array, factor: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = clipped(samples[i]! * factor);
}

function contrast(samples: Float64Array, factor: number): void {
  if (factor === 1) return;
  let sum = 0;
  for (let i = 0; i < samples.length; i += 3) sum += greyAt(samples, i);
  const mean = (3 * sum) / samples.length;
  for (let i = 0; i < samples.length; i++) samples[i] = clipped(mean + factor * (samples[i]! - mean));
}

function saturate(samples: Float64Array, factor: number): void {
  if (factor === 1) return;
  for (let i = 0; i < samples.length; i += 3) {
    const grey = greyAt(samples, i);
    for (let c = i; c < i + 3; c++) samples[c] = clipped(grey + factor * (samples[c]! - grey));
  }
}

function turnHue(samples: Float64Array, turns: number): void {
  if (turns === 0) return;
  for (let i = 0; i < samples.length; i += 3) {
    const [red, green, blue] = [samples[i]!, samples[i + 1]!, samples[i + 2]!];
    const most = Math.max(red, green, blue);
    const range = most - Math.min(red, green, blue);
    if (range === 0) continue;
    const sixths =
      most === red
        ? (green - blue) / range
        : most === green
          ? 2 + (blue - red) / range
          : 4 + (red - green) / range;
    const turned = sixths + 6 * turns;
    // Of the hues 0 (red), 2 (green) and 4 (blue) the channel keeps what lies within two of it.
    for (let c = 0; c < 3; c++) {
      const from = turned - 2 * c;
      const away = Math.abs(from - 6 * Math.round(from / 6));
      samples[i + c] = most - range * Math.min(1, Math.max(0, away - 1));
    }
  }
}

function greyAt(samples: Float64Array, i: number): number {
  return 0.2989 * samples[i]! + 0.587 * samples[i + 1]! + 0.114 * samples[i + 2]!;
}

function clipped(level: number): number {
  return Math.min(255, Math.max(0, level));
}

function ordersOf(letters: readonly string[]): string[] {
  if (letters.length === 0) return [''];
  return letters.flatMap((first) =>
    ordersOf(letters.filter((letter) => letter !== first)).map((rest) => first + rest),
  );
}
