import { dirname, join } from 'node:path';
import { isSparnetError, type ErrorCode } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import type { Image, Rectangle } from '@sparnet/image';
import { readPicture, writeImage } from '@sparnet/image/node';
import { apply, type Degraded } from '../recipe/apply.ts';
import type { Parameters } from '../recipe/recipe.ts';
import { cropped, type Crop } from './cropped.ts';
import type { Picture } from './list-pictures.ts';

/** The images that can be written, by the names of their folders. */
export const outputs = ['hr', 'lr', 'lr-up'] as const;
export type Output = (typeof outputs)[number];

/** How a picture is degraded. */
export interface Settings {
  parameters: Parameters;
  /** Left out, it is degraded as a whole. */
  crop?: Crop;
}

/** What is to be done with one picture. */
export interface Job extends Settings {
  picture: Picture;
  /** The folder of the results, and which of them are written. */
  out: string;
  write: readonly Output[];
}

/** Why a picture has no results. */
export interface Refusal {
  code: ErrorCode;
  message: string;
}

/** What has become of one picture. */
export interface Outcome {
  /** Why it could not be degraded. */
  refusal?: Refusal;
  /** Where it was cropped. */
  box?: Rectangle;
  /** Whether the recipe's size gave it other proportions. */
  stretched?: boolean;
}

/**
 * Reads, degrades and writes one picture.
 *
 * @throws SparnetError when results cannot be written: then the next picture would fail too.
 */
export async function degradePicture({ picture, parameters, crop, out, write }: Job): Promise<Outcome> {
  let degraded: Degraded;
  let outcome: Outcome;
  try {
    const whole = await readPicture(picture);
    const { image, box } = crop ? cropped(whole, crop) : { image: whole, box: undefined };
    degraded = apply(image, parameters);
    outcome = { ...(box && { box }), stretched: !areAlike(image, degraded.hr) };
  } catch (error) {
    if (!isSparnetError(error) || error.code === 'missing-package') throw error;
    return { refusal: { code: error.code, message: error.message } };
  }
  const images = { hr: degraded.hr, lr: degraded.lr, 'lr-up': degraded.lrUp };
  for (const name of write) {
    const file = outputFile(out, name, picture);
    await makeFolder(dirname(file));
    await writeImage(file, images[name]);
  }
  return outcome;
}

/** Where a result is written. */
export function outputFile(out: string, output: Output, { stem }: Picture): string {
  return join(out, output, `${stem}.png`);
}

/** Whether two images have the same proportions. */
function areAlike(a: Image, b: Image): boolean {
  return a.width * b.height === a.height * b.width;
}
