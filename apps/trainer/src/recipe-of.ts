import { SparnetError, isSparnetError } from '@sparnet/core';
import { applyAtOwnSize, checkRecipe, presets, type Recipe } from '@sparnet/degrade';
import { createImage } from '@sparnet/image';
import { readFile } from 'node:fs/promises';
import { validationDraw } from './data/degradation-draw.ts';
import type { TrainConfig } from './options.ts';

/** Draws that are tried before training begins. */
const tried = 8;

/**
 * The configuration with its recipe in the place of the name or file that `degrade` may be, so that a run needs neither
 * to go on.
 *
 * @throws SparnetError `bad-config` for a name that is no preset, a file that can't be read, and an invalid recipe: the
 *   message names the file and the place in the recipe.
 */
export async function withRecipe<Options extends Partial<TrainConfig>>(options: Options): Promise<Options> {
  const { degrade } = options;
  if (degrade === undefined) return options;
  return { ...options, degrade: typeof degrade === 'string' ? await named(degrade) : checkRecipe(degrade) };
}

/**
 * The recipe of a configuration that {@link withRecipe} gave, tried on a face of that size.
 *
 * @throws SparnetError `bad-config` when it can't be applied to such faces.
 */
export function recipeOf({ degrade }: Pick<TrainConfig, 'degrade'>, outputSize: number): Recipe | undefined {
  if (degrade === undefined) return undefined;
  const recipe = checkRecipe(degrade);
  const face = createImage({ width: outputSize, height: outputSize, channels: 3 });
  try {
    for (let index = 0; index < tried; index++) applyAtOwnSize(face, validationDraw(recipe, index));
  } catch (error) {
    if (!isSparnetError(error)) throw error;
    throw new SparnetError(
      'bad-config',
      `the recipe ${recipe.name ?? 'of degrade'} can't be applied to faces of ${outputSize}x${outputSize} pixels: ` +
        error.message,
      { cause: error },
    );
  }
  return recipe;
}

async function named(name: string): Promise<Recipe> {
  if (Object.hasOwn(presets, name)) return presets[name as keyof typeof presets];
  const text = await readFile(name, 'utf8').catch((cause: unknown) => {
    throw new SparnetError(
      'bad-config',
      `degrade: expected one of ${Object.keys(presets).join(', ')} or the file of a recipe, got ${JSON.stringify(name)}`,
      { cause },
    );
  });
  try {
    return checkRecipe(JSON.parse(text));
  } catch (cause) {
    throw new SparnetError('bad-config', `${name}: ${(cause as Error).message}`, { cause });
  }
}
