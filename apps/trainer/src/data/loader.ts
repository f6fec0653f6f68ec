import { SparnetError, checkInteger } from '@sparnet/core';
import type { Recipe } from '@sparnet/degrade';
import type { Augmentation } from './augmentation.ts';
import { drawAugmentation } from './augmentation.ts';
import { batchOrder, type Slot } from './batch-order.ts';
import { placeOf, type Dataset } from './dataset.ts';
import { createLoaderPool } from './loader-pool.ts';
import { checkSampleSizes, type SampleSizes } from './sample.ts';

/** The pictures of one training step. */
export interface Batch {
  step: number;
  /** The epoch of its first picture. */
  epoch: number;
  /** The pictures' names. */
  names: string[];
  /** High resolution, `[batch, outputSize, outputSize, 3]`, 8 bit. */
  hr: Uint8Array<ArrayBuffer>;
  /** The network's input, `[batch, inputSize, inputSize, 3]`, 8 bit. */
  input: Uint8Array<ArrayBuffer>;
}

/** A running loader. */
export interface Loader {
  /** How many pictures turned out to be unreadable so far. */
  readonly skipped: number;
  /** The batch of the next step, in order. The caller owns its buffers. */
  next(): Promise<Batch>;
  /** Ends the workers, also while batches are being made; their `next()` rejects with `bad-state`. */
  close(): Promise<void>;
}

/** What a loader needs to know. */
export interface LoaderOptions extends SampleSizes {
  dataset: Dataset;
  batchSize: number;
  seed: number;
  augmentation: Augmentation;
  /** How inputs are degraded, if not by reducing alone. */
  recipe?: Recipe;
  /** The first step: a run that resumes gets the batches that it would have got. Default 0. */
  startStep?: number;
  /** Worker threads. Default 1. */
  workers?: number;
  /** Batches made ahead, besides the one that was asked for: the bound of memory. Default 4. */
  prefetch?: number;
  /** Told once of each picture that can't be read. */
  onSkip?: (name: string, reason: string) => void;
}

/**
 * Starts reading training batches ahead on worker threads. The batch of a step is a function of the seed, the step,
 * the batch size, the options and the data set alone, whatever the number of workers and the first step.
 *
 * Order: `batchOrder`. A picture that can't be read gives its place to the next readable one in its epoch's order.
 *
 * @throws SparnetError `bad-argument` at once for impossible options; from `next()`: `no-data` when more than half of
 *   the pictures are unreadable, `bad-config` when a batch has no room in memory, `worker-died`, `bad-state` after
 *   `close()`.
 */
export function createLoader({
  dataset,
  batchSize,
  seed,
  augmentation,
  recipe,
  startStep = 0,
  workers = 1,
  prefetch = 4,
  onSkip,
  ...sizes
}: LoaderOptions): Loader {
  checkInteger('batchSize', batchSize, 1);
  checkInteger('startStep', startStep);
  checkInteger('workers', workers, 1, 64);
  checkInteger('prefetch', prefetch, 1);
  checkSampleSizes(sizes);
  drawAugmentation({ seed, epoch: 0, index: 0 }, augmentation); // refuses bad ranges here, not in a worker
  const { outputSize, scale, inputSize } = sizes;
  const count = dataset.names.length;
  const order = batchOrder({ count, batchSize, seed });
  const settings = { outputSize, scale, inputSize, seed, augmentation, ...(recipe && { recipe }) };
  const pool = createLoaderPool({ workers, settings });
  const unreadable = new Set<number>();
  const ahead: Promise<Batch>[] = [];
  let lastReason = '';
  let step = startStep;
  fillUp();

  function fillUp(): void {
    while (ahead.length < prefetch) {
      const batch = make(step);
      batch.catch(() => {}); // told to whoever asks for this batch
      ahead.push(batch);
      step += 1;
    }
  }
  async function make(at: number): Promise<Batch> {
    let buffers = {
      hr: imageBuffer(batchSize, outputSize),
      input: imageBuffer(batchSize, inputSize),
    };
    const slots = order.slots(at);
    const pictures: number[] = [];
    let missing = [...slots.keys()];
    while (missing.length > 0) {
      if (2 * unreadable.size > count) throw tooManyUnreadable();
      const tasks = missing.map((place) => {
        const slot = slots[place] as Slot;
        const picture = order.pictureAt(slot, (candidate) => !unreadable.has(candidate)) as number;
        pictures[place] = picture;
        return { ...slot, at: place, place: placeOf(dataset, picture) };
      });
      const { failed, ...filled } = await pool.run({ ...buffers, tasks });
      buffers = filled;
      for (const { at: place, reason } of failed) skip(pictures[place] as number, reason);
      missing = failed.map((task) => task.at);
    }
    const names = pictures.map((picture) => dataset.names[picture] as string);
    return { step: at, epoch: slots[0]?.epoch ?? 0, names, ...buffers };
  }
  function skip(picture: number, reason: string): void {
    if (unreadable.has(picture)) return;
    unreadable.add(picture);
    lastReason = reason;
    onSkip?.(dataset.names[picture] as string, reason);
  }
  function tooManyUnreadable(): SparnetError {
    return new SparnetError(
      'no-data',
      `${unreadable.size} of ${count} pictures can't be read (the last: ${lastReason}); check the data set`,
    );
  }
  return {
    get skipped() {
      return unreadable.size;
    },
    async next() {
      const batch = ahead.shift() as Promise<Batch>;
      fillUp();
      return batch;
    },
    close: () => pool.close(),
  };
}

function imageBuffer(images: number, side: number): Uint8Array<ArrayBuffer> {
  const size = images * side * side * 3;
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new SparnetError(
      'bad-config',
      `no room for ${images} images of ${side}x${side} pixels (${size} bytes); lower --batch`,
      { cause },
    );
  }
}
