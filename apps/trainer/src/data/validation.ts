import { SparnetError, checkInteger } from '@sparnet/core';
import type { Recipe } from '@sparnet/degrade';
import { readPicture } from '@sparnet/image/node';
import { placeOf, type Dataset, type Place } from './dataset.ts';
import { validationDraw } from './degradation-draw.ts';
import { makeValidationSample, type SampleSizes, type ValidationPair } from './sample.ts';
import { isUnreadable } from './unreadable.ts';

/** A validation pair and where it comes from. */
export interface ValidationSample extends ValidationPair {
  name: string;
}

/**
 * Reads the validation pairs of a data set one after the other, so that memory does not grow with their number.
 * With a `limit` below the size of the set, the pictures are spread evenly over it.
 *
 * @param options - The sizes; `recipe`, how inputs are degraded, if not by reducing alone; `limit`, the most pictures; `onSkip`, told of each picture that can't be read.
 * @throws SparnetError `no-data` when none can be read, `bad-argument` for impossible options.
 */
export async function* loadValidation({
  dataset,
  limit = Number.MAX_SAFE_INTEGER,
  onSkip,
  recipe,
  ...sizes
}: SampleSizes & {
  dataset: Dataset;
  recipe?: Recipe | undefined;
  limit?: number;
  onSkip?: (name: string, reason: string) => void;
}): AsyncGenerator<ValidationSample> {
  checkInteger('limit', limit, 1);
  const count = dataset.names.length;
  const chosen = Math.min(limit, count);
  let good = 0;
  for (let i = 0; i < chosen; i++) {
    const index = Math.floor((i * count) / chosen);
    const place = placeOf(dataset, index);
    const sample = await read(place, index);
    if (sample === undefined) continue;
    good += 1;
    yield { name: place.name, ...sample };
  }
  if (good === 0) throw new SparnetError('no-data', `none of the ${chosen} validation pictures can be read`);

  async function read(place: Place, index: number): Promise<ValidationPair | undefined> {
    try {
      const parameters = recipe && validationDraw(recipe, index);
      return makeValidationSample(await readPicture(place), { ...sizes, box: place.box, parameters });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      onSkip?.(place.name, error.message);
      return undefined;
    }
  }
}
