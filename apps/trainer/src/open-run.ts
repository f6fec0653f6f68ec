import { SparnetError, isSparnetError } from '@sparnet/core';
import type { Recipe } from '@sparnet/degrade';
import type { SparnetConfig } from '@sparnet/models';
import { availableParallelism } from 'node:os';
import { asUsage } from 'command-line';
import { augmentationOf } from './augmentation-of.ts';
import { openComputePool, type ComputePool } from './compute/compute-pool.ts';
import { datasetFingerprint } from './data/dataset-fingerprint.ts';
import { openDataset, type Dataset } from './data/dataset.ts';
import { createLoader, type Loader } from './data/loader.ts';
import type { Schedule } from './optimise/schedule.ts';
import { learnersOf } from './learner.ts';
import { objectiveOf } from './objective-of.ts';
import type { TrainConfig } from './options.ts';
import { plannedSchedule, stepsOfEpochs, stepsOfMinutes } from './planned-steps.ts';
import { recipeOf } from './recipe-of.ts';
import { loadLatestCheckpoint } from './run/checkpoint.ts';
import { settingsOf } from './settings-of.ts';
import { readStartFiles, teacherDigest, type StartFiles } from './start-files.ts';
import { freshState, restoreState, type Identity, type TrainingState } from './training-state.ts';
import { takeTraining } from './training-file.ts';
import { openValidation, type Validation } from './validate.ts';

/** What a run is made of before anything is opened. */
export interface RunPlan {
  config: TrainConfig;
  network: SparnetConfig;
  /** The run folder. */
  dir: string;
  /** False when it goes on from a checkpoint. */
  fresh: boolean;
}

/** All that a run works with. */
export interface OpenRun {
  /** The plan's, with the engine, the steps and the schedule's horizon that they came to. */
  config: TrainConfig & { steps: number; horizon: number };
  photographs: number;
  validation: Validation | undefined;
  pool: ComputePool;
  state: TrainingState;
  identity: Identity;
  schedule: Schedule;
  /** The discriminators'. */
  opponentSchedule: Schedule;
  loader: Loader;
  close(): Promise<void>;
}

interface Listeners {
  say(message: string): void;
  signal: AbortSignal | undefined;
}

/**
 * Open data, engine, network and loader, and restore the newest checkpoint. Writes nothing: a run that can't be opened
 * is left as it was.
 *
 * @throws SparnetError as `train` and `resume`; the signal's reason once it is aborted.
 */
export async function openRun(plan: RunPlan, listeners: Listeners): Promise<OpenRun> {
  const { network, dir, fresh } = plan;
  const { say, signal } = listeners;
  const config = { ...plan.config };
  signal?.throwIfAborted();
  const start = fresh ? await readStartFiles(config) : {};
  const digest = await teacherDigest(config);

  // What it learns from, and what it is judged by.
  const recipe = await asUsage(() => recipeOf(config, network.outputSize));
  const dataset = await openDataset(config.data as string[], config.boxes ? { boxes: config.boxes } : {});
  say(`${dataset.names.length} photographs`);
  const valDataset = config.val?.length
    ? await openDataset(config.val, config.valBoxes ? { boxes: config.valBoxes } : {})
    : undefined;
  const validation = valDataset && (await validationOn(valDataset, plan, recipe, listeners));
  const identity: Identity = {
    network,
    data: datasetFingerprint(dataset),
    ...(valDataset && { val: datasetFingerprint(valDataset) }),
    settings: settingsOf(config, digest),
  };

  // What it computes with.
  let pool: ComputePool | undefined;
  let loader: Loader | undefined;
  const close = async (): Promise<void> => {
    await loader?.close();
    await pool?.close();
  };
  try {
    signal?.throwIfAborted();
    pool = await openPool(config, network);
    const { engine, workers } = pool;
    say(`engine ${engine.name} (${engine.why}), ${workers} ${workers === 1 ? 'worker' : 'workers'}`);
    signal?.throwIfAborted();
    const state = fresh ? await startedState(pool, start) : await restoredState(pool, dir, identity, say);
    await asUsage(() => checkBudget(plan, state));
    if (config.steps === undefined) await planSteps(config, dataset, plan, { ...listeners, pool });
    const steps = config.steps as number;
    const horizon = (config.horizon ??= steps);
    config.engine = engine.name as TrainConfig['engine'];
    const schedule = plannedSchedule(config, horizon);
    const { discriminatorLr: lr, discriminatorSchedule } = config;
    const opponentSchedule = plannedSchedule({ ...config, lr, schedule: discriminatorSchedule }, horizon);
    loader = openLoader(config, network, dataset, state.step, say);
    signal?.throwIfAborted();
    return {
      config: { ...config, steps, horizon },
      photographs: dataset.names.length,
      validation,
      pool,
      state,
      identity: { ...identity, settings: settingsOf(config, digest) }, // with the warm-up that was planned
      schedule,
      opponentSchedule,
      loader,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function validationOn(
  dataset: Dataset,
  { config, network }: RunPlan,
  recipe: Recipe | undefined,
  { say, signal }: Listeners,
): Promise<Validation> {
  return openValidation(dataset, network, {
    recipe,
    limit: config.valLimit,
    shard: config.shard,
    signal,
    onSkip: (name, reason) => say(`validation picture ${name} is left out: ${reason}`),
  });
}

async function openPool(config: TrainConfig, network: SparnetConfig): Promise<ComputePool> {
  if (config.engine === 'native' || config.engine === 'auto') calmNativeThreads();
  const { engine, seed } = config;
  return openComputePool(workersOf(config), { engine, network, seed, objective: objectiveOf(config) });
}

/** The workers that a run is given, or else a thread a core, as far as there are shards. */
export function workersOf({ workers, batch, shard, engine }: TrainConfig): number {
  if (workers !== undefined) return workers;
  // On a graphics processor workers would share one.
  if (engine === 'webgpu') return 1;
  return Math.min(availableParallelism(), Math.ceil(batch / shard));
}

/**
 * A thread a worker for native TensorFlow. Its libraries read this from the process's environment once, when they are
 * loaded; the environment that a worker thread is given does not reach them.
 */
function calmNativeThreads(): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1';
  process.env['OMP_NUM_THREADS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
}

async function startedState(
  pool: ComputePool,
  { generator, discriminator, training }: StartFiles,
): Promise<TrainingState> {
  await pool.initialise({ generator, discriminator }).catch((error: unknown) => {
    if (!isSparnetError(error) || !discriminator || !error.message.startsWith(discriminator.file))
      throw error;
    throw new SparnetError(
      error.code,
      `${error.message} --discriminator-init takes the discriminator.safetensors of a checkpoint; a training.safetensors ` +
        'is for --init-training',
      { cause: error },
    );
  });
  const state = freshState(pool);
  if (training) {
    const learners = learnersOf(pool, state, new Float32Array(pool.resultSize));
    state.earlierSteps = await asUsage(() => takeTraining(training.bytes, training.file, learners));
  }
  pool.average.set(pool.values);
  pool.changed();
  return state;
}

async function restoredState(
  pool: ComputePool,
  dir: string,
  identity: Identity,
  say: (message: string) => void,
): Promise<TrainingState> {
  const checkpoint = await loadLatestCheckpoint(dir, {
    onReject: (folder, error) => say(`${folder} is not whole and left out: ${error.message}`),
  });
  say(`going on from step ${checkpoint.step}`);
  return restoreState(pool, checkpoint, identity, say);
}

/** @throws SparnetError `bad-config` when a run has gone beyond its steps. */
function checkBudget({ config: { steps }, dir }: RunPlan, { step }: TrainingState): void {
  if (steps === undefined || steps >= step) return;
  throw new SparnetError('bad-config', `${dir}: the run is at step ${step}; give more --steps than ${steps}`);
}

/** Set the steps that the epochs or minutes come to. */
async function planSteps(
  config: TrainConfig,
  dataset: Dataset,
  { network }: RunPlan,
  { pool, say, signal }: Listeners & { pool: ComputePool },
): Promise<void> {
  if (config.epochs !== undefined) {
    config.steps = stepsOfEpochs(config.epochs, dataset, config);
    return;
  }
  const loader = openLoader(config, network, dataset, 0, () => undefined);
  try {
    config.steps = await stepsOfMinutes(config.minutes as number, config, { pool, loader, say, signal });
  } finally {
    await loader.close();
  }
  // On a slow machine the warm-up must not take up the run.
  config.warmup = Math.min(config.warmup, Math.floor(config.steps / 4));
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
    ...(config.degrade !== undefined && { recipe: config.degrade as Recipe }),
    onSkip: (name, reason) => say(`${name} is left out: ${reason}`),
  });
}
