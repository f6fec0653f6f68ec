// A contender: takes the trainer's step when told; see contender.ts. Its argument is StepOptions as JSON.
import { SparnetError, isSparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import type { SparnetConfig } from '@sparnet/models';
import { readFile } from 'node:fs/promises';
import { trainOptions } from 'trainer';
import { openComputePool, type ComputePool } from 'trainer/compute/compute-pool';
import { openDataset } from 'trainer/data/dataset';
import { createLoader } from 'trainer/data/loader';
import { advance, freshMoments, gradientNorm, learnersOf, takeBuffers, updateAverage } from 'trainer/learner';
import { shardsOf } from 'trainer/shards';
import type { Turn, Usage, WarmUp } from './answers.ts';
import { readBatch } from './batch-file.ts';
import { serve, serveAbsent } from './serve.ts';

/** What the program is started with. */
export interface StepOptions {
  engine: EngineName | 'auto';
  workers: number;
  config: SparnetConfig;
  /** Files: see `StartFiles`. */
  model: string;
  batch: string;
  /** The images of the file that count, and how many a step takes by repetition. */
  unit: number;
  images: number;
  /** Images that a worker computes at once. */
  shard: number;
  learningRate: number;
  /** A folder of photographs: each step then takes the batch that the trainer's loaders make of them. */
  photos?: string;
}

/** The bytes of a step's images. */
interface Batch {
  input: Uint8Array;
  hr: Uint8Array;
}

const options = JSON.parse(process.argv[2] as string) as StepOptions;

async function compete(): Promise<void> {
  const { engine, workers, config, model, images, unit, shard } = options;
  const pixel = { kind: trainOptions.loss.default, reduction: trainOptions.reduction.default, weight: 1 };
  const objective = { pixel, checkpointing: false };
  const pool = await openComputePool(workers, { engine, network: config, seed: 0, objective });
  await pool.initialise({ generator: { bytes: await readFile(model), file: model } });
  pool.average.set(pool.values);
  pool.changed();
  const step = stepsOf(pool);
  const nextBatch = options.photos === undefined ? await sameBatch() : await loadedBatches(options.photos);

  async function take(batch: Batch, count: number): Promise<number> {
    return step(shardsOf(batch, { images: count, size: shard }));
  }

  /** A shard a worker builds all that is kept. */
  async function warmUp(): Promise<WarmUp> {
    const { input, target } = await readBatch(options.batch, { unit, count: shard * workers });
    return { loss: await take({ input, hr: target }, shard * workers) };
  }

  async function turn(): Promise<Turn> {
    const start = performance.now();
    await take(await nextBatch(), images);
    return { seconds: (performance.now() - start) / 1000 };
  }

  async function usage(): Promise<Usage> {
    const used = await pool.usage();
    const heaps = used.map(({ heapBytes }) => heapBytes).filter((bytes) => bytes > 0);
    return {
      peakRss: process.resourceUsage().maxRSS * 1024,
      rss: process.memoryUsage.rss(),
      tensors: used.reduce((sum, { tensors }) => sum + tensors, 0),
      ...(heaps.length > 0 && { heaps }),
    };
  }

  await serve(`${pool.engine.name}: ${pool.engine.why}`, { 'warm-up': warmUp, turn, usage });
  process.exit();
}

/** What `train` does with the shards of a batch; the result takes a step and returns its loss. */
function stepsOf(pool: ComputePool): (shards: ReturnType<typeof shardsOf>) => Promise<number> {
  const result = new Float32Array(pool.resultSize);
  const { generator } = learnersOf(pool, freshMoments(pool.table), result);
  const { beta1, beta2, ema, emaOrder, clip } = trainOptions;
  const rate = { learningRate: options.learningRate, beta1: beta1.default, beta2: beta2.default };
  let step = 0;
  return async (shards) => {
    const { pixel: loss = NaN } = await pool.differentiate(shards, result);
    step += 1;
    if (!Number.isFinite(loss + gradientNorm(generator, clip.default)))
      throw new SparnetError('diverged', `step ${step} diverged`);
    takeBuffers(generator);
    advance(generator, { step, ...rate });
    updateAverage(generator, pool.average, { decay: ema.default, order: emaOrder.default, step });
    pool.changed();
    return loss;
  };
}

async function sameBatch(): Promise<() => Promise<Batch>> {
  const { batch: file, unit, images } = options;
  const { input, target } = await readBatch(file, { unit, count: images });
  return () => Promise.resolve({ input, hr: target });
}

/** Batches as a run gets them: read, decoded, changed at random and reduced, with the trainer's defaults. */
async function loadedBatches(photos: string): Promise<() => Promise<Batch>> {
  const { inputSize, outputSize, scale } = options.config;
  const { flip, rotate, shift, rescale, zoom } = trainOptions;
  const loader = createLoader({
    dataset: await openDataset([photos]),
    batchSize: options.images,
    seed: trainOptions.seed.default,
    workers: trainOptions.loaders.default,
    inputSize,
    outputSize,
    scale,
    augmentation: {
      flip: flip.default,
      rotate: rotate.default,
      shift: shift.default,
      rescale: rescale.default,
      scale: zoom.default,
    },
  });
  return () => loader.next();
}

try {
  await compete();
} catch (error) {
  if (!isSparnetError(error, 'engine-unavailable')) throw error;
  serveAbsent(error.message);
}
