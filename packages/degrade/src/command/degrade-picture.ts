import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SparnetError, isSparnetError, type ErrorCode } from '@sparnet/core';
import { decodeImage, writeImage } from '@sparnet/image/node';
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
    degraded = apply(await decodeImage(await bytesOf(picture), { name: picture.name }), parameters);
  } catch (error) {
    if (!isSparnetError(error) || error.code === 'missing-package') throw error;
    return { code: error.code, message: error.message };
  }
  const images = { hr: degraded.hr, lr: degraded.lr, 'lr-up': degraded.lrUp };
  for (const name of write) {
    const file = outputFile(out, name, picture);
    await mkdir(dirname(file), { recursive: true });
    await writeImage(file, images[name]);
  }
  return undefined;
}

/** Where a result is written. */
export function outputFile(out: string, output: Output, { stem }: Picture): string {
  return join(out, output, `${stem}.png`);
}

async function bytesOf({ name, file, offset = 0, size }: Picture): Promise<Uint8Array> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${name}: cannot be opened`, { cause });
  });
  try {
    if (size === undefined) return await handle.readFile();
    const { buffer, bytesRead } = await handle.read(new Uint8Array(size), 0, size, offset);
    if (bytesRead < size) throw new SparnetError('bad-file', `${name}: the archive ${file} ends within it`);
    return buffer;
  } catch (error) {
    if (isSparnetError(error)) throw error;
    throw new SparnetError('bad-file', `${name}: cannot be read (${(error as Error).message})`, {
      cause: error,
    });
  } finally {
    await handle.close();
  }
}
