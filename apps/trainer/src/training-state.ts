import { SparnetError } from '@sparnet/core';
import { modelMetadata, type SparnetConfig } from '@sparnet/models';
import { formatSafetensors, parseSafetensors, type StateDict } from '@sparnet/weights';
import type { ComputePool } from './compute/compute-pool.ts';
import { fromStateDict, momentsToStateDict, toStateDict } from './compute/parameter-table.ts';
import type { Checkpoint } from './run/checkpoint.ts';
import type { MeasuredQuality } from './validate.ts';

/** What training changes, besides the values and their average, which the pool holds. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  /** Seconds of training so far, all processes together. */
  seconds: number;
  /** The step and PSNR of the best validation. */
  best?: { step: number; psnr: number };
  /** The last validation. */
  quality?: MeasuredQuality;
  /** True when the run was stopped at this step, its validation and preview, if due, being put off. */
  interrupted: boolean;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

/** What must be the same for a run to go on as it began. */
export interface Identity {
  network: SparnetConfig;
  /** The fingerprint of the training photographs. */
  data: string;
  /** That of the validation photographs. */
  val?: string;
  /** The other settings that decide the numbers. */
  settings: Readonly<Record<string, unknown>>;
}

/** The part of a checkpoint's state.json that is ours. */
interface SavedState
  extends Omit<TrainingState, 'firstMoment' | 'secondMoment'>, Pick<Identity, 'data' | 'val'> {
  /** Missing in checkpoints from before they were kept. */
  settings?: Identity['settings'];
}

const suffixes = { first: '.exp_avg', second: '.exp_avg_sq' };

export function freshState({ table }: ComputePool): TrainingState {
  return {
    step: 0,
    seconds: 0,
    interrupted: false,
    firstMoment: new Float32Array(table.parameters),
    secondMoment: new Float32Array(table.parameters),
  };
}

/**
 * Take over the buffers of a step's results: running statistics, and counters, whose mean over shards is rounded, since
 * the weights of the mean were.
 */
export function takeBuffers(
  { table, values }: Pick<ComputePool, 'table' | 'values'>,
  results: Float32Array,
): void {
  values.set(results.subarray(table.parameters), table.parameters);
  for (const { dtype, start, size } of table.entries) {
    if (dtype === 'I64') values.set(values.slice(start, start + size).map(Math.round), start);
  }
}

/** A model file: the values under their PyTorch names, the configuration in its metadata. */
export function modelFile({ table }: ComputePool, values: Float32Array, config: SparnetConfig): Uint8Array {
  return formatSafetensors(toStateDict(table, values), { metadata: modelMetadata({ config }) });
}

/** The files of a checkpoint. */
export function checkpointFiles(
  pool: ComputePool,
  { firstMoment, secondMoment, step }: TrainingState,
  config: SparnetConfig,
): Record<string, Uint8Array> {
  const moments: StateDict = {
    ...momentsToStateDict(pool.table, firstMoment, suffixes.first),
    ...momentsToStateDict(pool.table, secondMoment, suffixes.second),
  };
  return {
    'model.safetensors': modelFile(pool, pool.values, config),
    'ema.safetensors': modelFile(pool, pool.average, config),
    'optimizer.safetensors': formatSafetensors(moments, { metadata: { step: String(step) } }),
  };
}

/** The state of a checkpoint: what is not in its files. */
export function savedState(state: TrainingState, { data, val, settings }: Identity): SavedState {
  const { step, seconds, best, quality, interrupted } = state;
  return {
    step,
    seconds,
    ...(best && { best }),
    ...(quality && { quality }),
    interrupted,
    data,
    ...(val !== undefined && { val }),
    settings,
  };
}

/**
 * Put a checkpoint's values, average and moments back where training goes on. With other validation photographs, the
 * best validation so far is forgotten: the numbers can't be compared.
 *
 * @param identity - Of the run as it is now.
 * @param say - Told of what is forgotten.
 * @throws SparnetError `bad-state` when the checkpoint is of another network, of other settings or of other photographs.
 */
export function restoreState(
  pool: ComputePool,
  { folder, files, state }: Checkpoint,
  identity: Identity,
  say: (message: string) => void,
): TrainingState {
  const { data, val, settings, ...plain } = state as SavedState;
  if (data !== identity.data) {
    throw new SparnetError(
      'bad-state',
      `${folder}: the photographs are not those that the run began with, so that it can't go on exactly; put them ` +
        'back, or start a new run with --init',
    );
  }
  if (settings) checkSettings(folder, settings, identity.settings);
  const read = (name: string) => parseSafetensors(files[name] ?? new Uint8Array(), { name });
  const tensors = (name: string): StateDict => read(name).tensors;
  checkNetwork(folder, read('model.safetensors').metadata, identity.network);
  const restored: TrainingState = { ...freshState(pool), ...plain };
  if (restored.best && val !== identity.val) {
    say(
      `the validation photographs are others: the best validation, of step ${restored.best.step}, is forgotten`,
    );
    delete restored.best;
  }
  fromStateDict(pool.table, tensors('model.safetensors'), pool.values);
  fromStateDict(pool.table, tensors('ema.safetensors'), pool.average);
  fromStateDict(pool.table, tensors('optimizer.safetensors'), restored.firstMoment, suffixes.first);
  fromStateDict(pool.table, tensors('optimizer.safetensors'), restored.secondMoment, suffixes.second);
  pool.changed();
  return restored;
}

/** @throws SparnetError `bad-state` that names the first setting that was another one. */
function checkSettings(folder: string, before: Identity['settings'], now: Identity['settings']): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [had, has] = [before[key], now[key]].map((value) => JSON.stringify(value) ?? 'nothing');
    if (had === has) continue;
    throw new SparnetError(
      'bad-state',
      `${folder}: the run was at work with ${key} ${had}, its config.json now says ${has}, so that it can't go on ` +
        `exactly; put ${had} back, or start a new run with --config, --init ${folder}/model.safetensors and another --out`,
    );
  }
}

/** @throws SparnetError `bad-state` that names the first key in which the saved network is another one. */
function checkNetwork(folder: string, metadata: Record<string, string>, network: SparnetConfig): void {
  for (const [name, text] of Object.entries(modelMetadata({ config: network }))) {
    const before = JSON.parse(metadata[name] ?? '{}') as Record<string, unknown>;
    const now = JSON.parse(text) as Record<string, unknown>;
    for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
      const [had, has] = [before[key], now[key]].map((value) => JSON.stringify(value) ?? 'nothing');
      if (had === has) continue;
      throw new SparnetError(
        'bad-state',
        `${folder}: its network has ${key} ${had}, the run's has ${has}; put preset, network and scale in config.json ` +
          'back, or start a new run with --init',
      );
    }
  }
}
