import { SparnetError, checkInteger } from '@sparnet/core';
import { decodeImage } from '@sparnet/image/node';
import { placeOf, type Dataset } from './dataset.ts';
import { readPicture, type Place } from './read-picture.ts';
import { makeValidationSample, type Sample, type SampleSizes } from './sample.ts';
import { isUnreadable } from './unreadable.ts';

/** A validation pair and where it comes from. */
export interface ValidationSample extends Sample {
  name: string;
}

/**
 * Reads the validation pairs of a data set one after the other, so that memory does not grow with their number.
 * With a `limit` below the size of the set, the pictures are spread evenly over it.
 *
 * @param options - The sizes; `limit`, the most pictures; `onSkip`, told of each picture that can't be read.
 * @throws SparnetError `no-data` when none can be read, `bad-argument` for impossible options.
 */
export async function* loadValidation({
  dataset,
  limit = Number.MAX_SAFE_INTEGER,
  onSkip,
  ...sizes
}: SampleSizes & {
  dataset: Dataset;
  limit?: number;
  onSkip?: (name: string, reason: string) => void;
}): AsyncGenerator<ValidationSample> {
  checkInteger('limit', limit, 1);
  const count = dataset.names.length;
  const chosen = Math.min(limit, count);
  let good = 0;
  for (let i = 0; i < chosen; i++) {
    const place = placeOf(dataset, Math.floor((i * count) / chosen));
    const sample = await read(place);
    if (sample === undefined) continue;
    good += 1;
    yield { name: place.name, ...sample };
  }
  if (good === 0) throw new SparnetError('no-data', `none of the ${chosen} validation pictures can be read`);

  async function read(place: Place): Promise<Sample | undefined> {
    try {
      const image = await decodeImage(await readPicture(place), { name: place.name });
      return makeValidationSample(image, { ...sizes, box: place.box });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      onSkip?.(place.name, error.message);
      return undefined;
    }
  }
}
