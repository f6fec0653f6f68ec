import { dirname, join } from 'node:path';
import { isSparnetError, type ErrorCode } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import { readPicture, writeImage } from '@sparnet/image/node';
import { apply, type Degraded } from '../recipe/apply.ts';
import type { Parameters } from '../recipe/recipe.ts';
import type { Picture } from './list-pictures.ts';

/** The images that can be written, by the names of their folders. */
export const outputs = ['hr', 'lr', 'lr-up'] as const;
export type Output = (typeof outputs)[number];

/** What is to be done with one picture. */
export interface Job {
  picture: Picture;
  parameters: Parameters;
  /** The folder of the results, and which of them are written. */
  out: string;
  write: readonly Output[];
}

/** Why a picture has no results. */
export interface Refusal {
  code: ErrorCode;
  message: string;
}

/**
 * Reads, degrades and writes one picture.
 *
 * @returns Nothing, or why this picture could not be degraded.
 * @throws SparnetError when results cannot be written: then the next picture would fail too.
 */
export async function degradePicture({ picture, parameters, out, write }: Job): Promise<Refusal | undefined> {
  let degraded: Degraded;
  try {
    degraded = apply(await readPicture(picture), parameters);
  } catch (error) {
    if (!isSparnetError(error) || error.code === 'missing-package') throw error;
    return { code: error.code, message: error.message };
  }
  const images = { hr: degraded.hr, lr: degraded.lr, 'lr-up': degraded.lrUp };
  for (const name of write) {
    const file = outputFile(out, name, picture);
    await makeFolder(dirname(file));
    await writeImage(file, images[name]);
  }
  return undefined;
}

/** Where a result is written. */
export function outputFile(out: string, output: Output, { stem }: Picture): string {
  return join(out, output, `${stem}.png`);
}
