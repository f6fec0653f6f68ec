import { SparnetError, invalid } from '@sparnet/core';
import type { SparnetConfig } from '@sparnet/models';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { openComputePool, type ComputePool } from './compute/compute-pool.ts';
import type { Augmentation } from './data/augmentation.ts';
import { datasetFingerprint } from './data/dataset-fingerprint.ts';
import { openDataset, type Dataset } from './data/dataset.ts';
import { createLoader, type Loader } from './data/loader.ts';
import { networkConfig } from './network-config.ts';
import { adamStep } from './optimise/adam.ts';
import { clipGradients, globalNorm } from './optimise/clip.ts';
import { averageInto, warmedUpDecay } from './optimise/ema.ts';
import { learningRateAt, resolveSchedule, type Schedule } from './optimise/schedule.ts';
import { trainOptions, type TrainConfig } from './options.ts';
import { writeAtomic } from './run/atomic-file.ts';
import { checkConfig } from './run/check-config.ts';
import { checkpointSteps } from './run/checkpoint-steps.ts';
import { loadLatestCheckpoint, saveCheckpoint } from './run/checkpoint.ts';
import { readConfig, writeConfig } from './run/config-file.ts';
import { openEventFile } from './run/event-file.ts';
import { appendMetrics, cutBack } from './run/metrics-log.ts';
import { previewImage, writePreview } from './run/preview.ts';
import { openProgress, type Progress } from './run/progress.ts';
import { pruneCheckpoints } from './run/prune-checkpoints.ts';
import { createRunFolder, openRunFolder, type RunFolder } from './run/run-folder.ts';
import type { RunPaths } from './run/run-paths.ts';
import { shardsOf } from './shards.ts';
import {
  checkpointFiles,
  freshState,
  modelFile,
  restoreState,
  savedState,
  takeBuffers,
  type TrainingState,
} from './training-state.ts';
import { openValidation, protocol, type MeasuredQuality, type Validation } from './validate.ts';
import { withWholePaths } from './whole-paths.ts';

/** How a run ended. */
export interface TrainResult {
  end: 'done' | 'interrupted' | 'out of time';
  dir: string;
  steps: number;
  /** The last validation, with bicubic beside it. */
  quality?: MeasuredQuality;
}

export interface TrainControl {
  /** Ends the run after the step it is at, with a checkpoint. */
  signal?: AbortSignal;
  /**
   * Told what a person should know: the engine, skipped pictures, validations. With it, a progress line is shown on
   * stderr; without it, the run is silent.
   */
  say?: (message: string) => void;
}

/** Steps measured, without learning from them, when a run is planned by time. */
const measuredSteps = 3;

/**
 * Train a network from the start.
 *
 * @param options - Keys of {@link trainOptions}; what is left out has its default.
 * @throws SparnetError `bad-config`, `no-data`, `exists` when the run folder holds a run, `engine-unavailable`,
 *   `worker-died`, or `diverged` when a loss or gradient is not finite; the last good checkpoint is kept.
 */
export async function train(options: Partial<TrainConfig>, control: TrainControl = {}): Promise<TrainResult> {
  const config = checkConfig(options, trainOptions);
  if (!config.data?.length)
    throw invalid('data', 'photographs to train on (--data)', config.data, 'bad-config');
  if (!config.out) throw invalid('out', 'a folder for the run (--out)', config.out, 'bad-config');
  if (config.steps === undefined && config.epochs === undefined && config.minutes === undefined) {
    throw new SparnetError(
      'bad-config',
      'expected one of --steps, --epochs and --minutes: how long to train',
    );
  }
  const network = networkConfig(config);
  augmentationOf(config);
  planSchedule(config, config.steps ?? Number.MAX_SAFE_INTEGER);
  const folder = await createRunFolder(config.out);
  try {
    return await run({ config: withWholePaths(config), network, folder, control, fresh: true });
  } finally {
    folder.unlock();
  }
}

/**
 * Go on with a run exactly as if it had never stopped.
 *
 * @param changes - `steps` (instead of the run's steps and minutes) or `minutes` (all in all) to train longer, `engine` and `workers` to compute differently. They are kept in
 *   the run's config.json.
 * @throws SparnetError as {@link train}; `missing-file` when the folder holds no run, `bad-state` when the photographs
 *   are others.
 */
export async function resume(
  dir: string,
  changes: Partial<Pick<TrainConfig, 'steps' | 'minutes' | 'engine' | 'workers'>> = {},
  control: TrainControl = {},
): Promise<TrainResult> {
  const folder = await openRunFolder(dir);
  try {
    const stored = await readConfig(folder.paths.config);
    // Asked for so many steps, it is no longer bound by the time that it was given.
    if (changes.steps !== undefined) delete stored['minutes'];
    const config = checkConfig({ ...stored, ...changes, out: dir }, trainOptions, {
      source: folder.paths.config,
    });
    const fresh = !(await hasBegun(dir, folder.paths));
    if (Object.keys(changes).length > 0) await writeConfig(folder.paths.config, config);
    return await run({
      config: withWholePaths(config),
      network: networkConfig(config),
      folder,
      control,
      fresh,
    });
  } finally {
    folder.unlock();
  }
}

interface Run {
  config: TrainConfig;
  network: SparnetConfig;
  folder: RunFolder;
  control: TrainControl;
  fresh: boolean;
}

async function run({ config, network, folder, control, fresh }: Run): Promise<TrainResult> {
  const { paths } = folder;
  const dir = config.out as string;
  const say = control.say ?? (() => undefined);

  // What it learns from, and what it is judged by.
  const dataset = await openDataset(config.data as string[], config.boxes ? { boxes: config.boxes } : {});
  const fingerprint = datasetFingerprint(dataset);
  say(`${dataset.names.length} photographs`);
  const validation = await validationOf(config, network, say);

  const pool = await openPool(config, network);
  say(
    `engine ${pool.engine.name} (${pool.engine.why}), ${pool.workers} ${pool.workers === 1 ? 'worker' : 'workers'}`,
  );
  let loader: Loader | undefined;
  let progress: Progress | undefined;
  try {
    const state = fresh ? freshState(pool) : await restored(pool, dir, fingerprint, say);
    if (fresh) {
      await pool.initialise(await initialWeights(config));
      pool.average.set(pool.values);
    }
    const steps = (config.steps ??= await plannedSteps(config, network, pool, dataset, say));
    const schedule = planSchedule(config, steps);
    config.engine = pool.engine.name as TrainConfig['engine'];
    await writeConfig(paths.config, checkConfig(config, trainOptions)); // in the table's order
    await cutBack(paths.metrics, state.step);
    const events = openEventFile(dir, { firstStep: state.step + 1 });
    loader = openLoader(config, network, dataset, state.step, say);
    progress = openProgress({ total: steps, ...(!control.say && { stream: silent }) });
    const weights = config.ema > 0 ? 'average' : 'values';
    const gradients = new Float32Array(pool.table.total);
    let saved = fresh || state.interrupted ? -1 : state.step;

    async function validate(): Promise<void> {
      if (!validation) return;
      pool.changed();
      const { bicubic } = validation;
      const quality = { ...(await validation.measure(pool, weights)), bicubic };
      state.quality = quality;
      appendMetrics(paths.metrics, { split: 'val', step: state.step, protocol, ...quality });
      events.scalar('val/psnr', state.step, quality.psnr);
      events.scalar('val/ssim', state.step, quality.ssim);
      say(
        `step ${state.step}: PSNR ${quality.psnr.toFixed(3)} dB (bicubic ${bicubic.psnr.toFixed(3)}), ` +
          `SSIM ${quality.ssim.toFixed(4)} (bicubic ${bicubic.ssim.toFixed(4)})`,
      );
      if (quality.psnr > (state.best?.psnr ?? -Infinity))
        state.best = { step: state.step, psnr: quality.psnr };
    }

    async function preview(): Promise<void> {
      if (!validation) return;
      pool.changed();
      const picture = previewImage(await validation.preview(pool, weights));
      const png = await writePreview(paths.preview(state.step), picture);
      events.image('preview', state.step, { png, width: picture.width, height: picture.height });
    }

    /** Validation and preview where they are due. */
    async function look(atEnd: boolean): Promise<void> {
      if (atEnd || state.step % config.valEvery === 0) await validate();
      if (atEnd || state.step % config.previewEvery === 0) await preview();
    }

    async function save(): Promise<void> {
      if (saved === state.step) return;
      const best = state.best?.step === state.step;
      await saveCheckpoint(
        dir,
        state.step,
        checkpointFiles(pool, state, network),
        savedState(state, fingerprint),
        { best },
      );
      await pruneCheckpoints(dir, { keepLast: config.keep, keepBest: true });
      saved = state.step;
    }

    const outOfTime = (): boolean => config.minutes !== undefined && state.seconds >= config.minutes * 60;

    if (state.interrupted) {
      state.interrupted = false;
      await look(false);
    }
    await save();
    let began = performance.now();
    let counted = began; // in state.seconds
    while (state.step < steps && !state.interrupted && !outOfTime()) {
      // A step: a batch, its gradients, Adam, the moving average.
      const waiting = performance.now();
      const batch = await loader.next();
      const waitMs = performance.now() - waiting;
      const lr = learningRateAt(schedule, state.step);
      pool.changed();
      const loss = await pool.differentiate(
        shardsOf(batch, { images: config.batch, size: config.shard }),
        gradients,
      );
      const slopes = gradients.subarray(0, pool.table.parameters);
      checkFinite(loss, slopes, state.step + 1, config, paths.checkpoints);
      if (config.clip > 0) clipGradients([slopes], config.clip);
      state.step += 1;
      adamStep({
        parameters: pool.values.subarray(0, pool.table.parameters),
        gradients: slopes,
        firstMoment: state.firstMoment,
        secondMoment: state.secondMoment,
        step: state.step,
        learningRate: lr,
        beta1: config.beta1,
        beta2: config.beta2,
      });
      takeBuffers(pool, gradients);
      updateAverage(pool, config.ema, state.step);

      const now = performance.now();
      const milliseconds = now - began;
      state.seconds += (now - counted) / 1000;
      counted = now;
      progress.update({ step: state.step, loss, lr, images: config.batch, milliseconds, waitMs });
      const ending = state.step === steps || outOfTime();
      if (ending || state.step % config.logEvery === 0) {
        appendMetrics(paths.metrics, {
          split: 'train',
          step: state.step,
          epoch: batch.epoch,
          images: state.step * config.batch,
          loss: { pixel: loss },
          lr,
          imagesPerSecond: progress.imagesPerSecond,
        });
        events.scalar('train/loss/pixel', state.step, loss);
        events.scalar('train/lr', state.step, lr);
        events.scalar('train/images per second', state.step, progress.imagesPerSecond);
      }
      state.interrupted = !ending && control.signal?.aborted === true;
      if (!state.interrupted) await look(ending);
      if (
        ending ||
        state.interrupted ||
        state.step % config.saveEvery === 0 ||
        state.best?.step === state.step
      )
        await save();
      began = performance.now();
    }
    if (loader.skipped > 0)
      say(`${loader.skipped} of ${dataset.names.length} photographs can't be read and were left out`);
    const end = state.interrupted ? 'interrupted' : state.step < steps ? 'out of time' : 'done';
    if (end !== 'interrupted') await writeAtomic(paths.model, modelFile(pool, pool[weights], network));
    return { end, dir, steps: state.step, ...(state.quality && { quality: state.quality }) };
  } finally {
    progress?.close();
    await loader?.close();
    await pool.close();
  }
}

/** False for a run whose process ended before its first checkpoint: it begins again from its settings. */
async function hasBegun(dir: string, { metrics }: RunPaths): Promise<boolean> {
  return existsSync(metrics) || (await checkpointSteps(dir)).length > 0;
}

const silent = { write: (): boolean => true };

function planSchedule(config: TrainConfig, total: number): Schedule {
  const { schedule: kind, lr: learningRate, warmup, hold, floor, every, gamma } = config;
  const rate = { kind, learningRate, warmup };
  if (kind === 'constant') return resolveSchedule(rate, total);
  if (kind === 'step') return resolveSchedule({ ...rate, every, gamma }, total);
  if (warmup >= total) throw invalid('warmup', `less than the run's ${total} steps`, warmup, 'bad-config');
  return resolveSchedule({ ...rate, hold, floor }, total);
}

async function validationOf(
  config: TrainConfig,
  network: SparnetConfig,
  say: (message: string) => void,
): Promise<Validation | undefined> {
  if (!config.val?.length) return undefined;
  const dataset = await openDataset(config.val, config.valBoxes ? { boxes: config.valBoxes } : {});
  return openValidation(dataset, network, {
    limit: config.valLimit,
    shard: config.shard,
    onSkip: (name, reason) => say(`validation picture ${name} is left out: ${reason}`),
  });
}

async function openPool(config: TrainConfig, network: SparnetConfig): Promise<ComputePool> {
  const shards = Math.ceil(config.batch / config.shard);
  const workers = config.workers ?? Math.min(availableParallelism(), shards);
  // Native TensorFlow: a thread a worker. Its libraries read this once, when they are loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['OMP_NUM_THREADS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  const loss = { kind: config.loss, reduction: config.reduction };
  return openComputePool(workers, { engine: config.engine, network, seed: config.seed, loss });
}

function openLoader(
  config: TrainConfig,
  { outputSize, inputSize, scale }: SparnetConfig,
  dataset: Dataset,
  startStep: number,
  say: (message: string) => void,
): Loader {
  return createLoader({
    dataset,
    batchSize: config.batch,
    seed: config.seed,
    startStep,
    workers: config.loaders,
    outputSize,
    inputSize,
    scale,
    augmentation: augmentationOf(config),
    onSkip: (name, reason) => say(`${name} is left out: ${reason}`),
  });
}

/** @throws SparnetError `bad-config` for a range that is none. */
function augmentationOf(config: TrainConfig): Augmentation {
  const { flip, rotate, shift } = config;
  return { flip, rotate, shift, rescale: range(config, 'rescale'), scale: range(config, 'zoom') };
}

function range(config: TrainConfig, key: 'rescale' | 'zoom'): [number, number] {
  const [low, high, ...more] = config[key];
  if (low === undefined || high === undefined || more.length > 0 || low > high) {
    throw invalid(key, 'two numbers, the smaller first', config[key], 'bad-config');
  }
  return [low, high];
}

async function initialWeights({ init }: TrainConfig): Promise<{ weights?: Uint8Array; file?: string }> {
  if (!init) return {};
  try {
    return { weights: await readFile(init), file: init };
  } catch (cause) {
    throw new SparnetError('missing-file', `${init}: can't be read; check --init`, { cause });
  }
}

async function restored(
  pool: ComputePool,
  dir: string,
  fingerprint: string,
  say: (message: string) => void,
): Promise<TrainingState> {
  const checkpoint = await loadLatestCheckpoint(dir, {
    onReject: (folder, error) => say(`${folder} is not whole and left out: ${error.message}`),
  });
  say(`going on from step ${checkpoint.step}`);
  return restoreState(pool, checkpoint, fingerprint);
}

/** The horizon of a run. By time, a few steps are measured whose results are thrown away. */
async function plannedSteps(
  config: TrainConfig,
  network: SparnetConfig,
  pool: ComputePool,
  dataset: Dataset,
  say: (message: string) => void,
): Promise<number> {
  const loader = openLoader(config, network, dataset, 0, () => undefined);
  try {
    if (config.epochs !== undefined) return Math.max(1, Math.round(config.epochs * loader.stepsPerEpoch));
    const gradients = new Float32Array(pool.table.total);
    const times: number[] = [];
    for (let step = 0; step <= measuredSteps; step++) {
      const batch = await loader.next();
      const start = performance.now();
      await pool.differentiate(shardsOf(batch, { images: config.batch, size: config.shard }), gradients);
      times.push(performance.now() - start);
    }
    // The first step builds what the engine keeps; validations and checkpoints take their share of the time.
    const typical = times.slice(1).toSorted((a, b) => a - b)[Math.floor(measuredSteps / 2)] as number;
    const steps = Math.max(1, Math.floor(((config.minutes as number) * 60_000 * 0.94) / typical));
    say(`${config.minutes} minutes are about ${steps} steps of ${(typical / 1000).toFixed(2)} s`);
    // On a slow machine the warm-up must not take up the run.
    config.warmup = Math.min(config.warmup, Math.floor(steps / 4));
    return steps;
  } finally {
    await loader.close();
  }
}

/** @throws SparnetError `diverged` that names the step and the term. */
function checkFinite(
  loss: number,
  slopes: Float32Array,
  step: number,
  { lr }: TrainConfig,
  checkpoints: string,
): void {
  const term = Number.isFinite(loss) ? `the gradient's norm` : 'the pixel loss';
  const value = Number.isFinite(loss) ? globalNorm([slopes]) : loss;
  if (Number.isFinite(value)) return;
  throw new SparnetError(
    'diverged',
    `step ${step}: ${term} is ${value}. The checkpoints in ${checkpoints} are as they were; try a lower --lr than ${lr}, ` +
      'or --clip 1',
  );
}

/** Weights and statistics move towards their new values; counters are copied. */
function updateAverage({ table, values, average }: ComputePool, ema: number, step: number): void {
  averageInto(average, values, ema === 0 ? 0 : warmedUpDecay(ema, step));
  for (const { dtype, start, size } of table.entries) {
    if (dtype === 'I64') average.set(values.subarray(start, start + size), start);
  }
}
