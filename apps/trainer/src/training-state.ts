import { SparnetError } from '@sparnet/core';
import { modelMetadata, resolveConfig, type SparnetConfig, type SparnetConfigInput } from '@sparnet/models';
import { formatSafetensors, parseSafetensors, type StateDict } from '@sparnet/weights';
import { checkSettings } from './check-settings.ts';
import type { ComputePool } from './compute/compute-pool.ts';
import {
  fromStateDict,
  momentsToStateDict,
  toStateDict,
  type ParameterTable,
} from './compute/parameter-table.ts';
import { freshMoments, type Moments } from './learner.ts';
import type { Checkpoint } from './run/checkpoint.ts';
import type { SavedSettings } from './settings-of.ts';
import type { MeasuredQuality } from './validate.ts';

/** What training changes, besides the values and their average, which the pool holds. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  /** Steps that Adam had done before the first one here, where it went on from a published training. */
  earlierSteps?: number;
  /** Seconds of training so far, all processes together. */
  seconds: number;
  /** The step and PSNR of the best validation. */
  best?: { step: number; psnr: number };
  /** The last validation. */
  quality?: MeasuredQuality;
  /** True when the run was stopped at this step, its validation and preview, if due, being put off. */
  interrupted: boolean;
  /** The generator's. */
  firstMoment: Float32Array;
  secondMoment: Float32Array;
  /** The discriminators', if there are any. */
  opponent?: Moments;
}

/** What must be the same for a run to go on as it began. */
export interface Identity {
  network: SparnetConfig;
  /** The fingerprint of the training photographs. */
  data: string;
  /** That of the validation photographs. */
  val?: string;
  /** The other settings that decide the numbers. */
  settings: SavedSettings;
}

/** The part of a checkpoint's state.json that is ours. */
interface SavedState
  extends Omit<TrainingState, 'firstMoment' | 'secondMoment' | 'opponent'>, Pick<Identity, 'data' | 'val'> {
  /** Missing in checkpoints from before they were kept. */
  settings?: Identity['settings'];
}

/** The files of a checkpoint; the last two where there are discriminators. */
const names = {
  model: 'model.safetensors',
  average: 'ema.safetensors',
  moments: 'optimizer.safetensors',
  opponent: 'discriminator.safetensors',
  opponentMoments: 'discriminator-optimizer.safetensors',
};

const suffixes = { first: '.exp_avg', second: '.exp_avg_sq' };

export function freshState({ table, opponent }: ComputePool): TrainingState {
  return {
    step: 0,
    seconds: 0,
    interrupted: false,
    ...freshMoments(table),
    ...(opponent && { opponent: freshMoments(opponent.table) }),
  };
}

/** A model file: the values under their PyTorch names, the configuration in its metadata. */
export function modelFile({ table }: ComputePool, values: Float32Array, config: SparnetConfig): Uint8Array {
  return formatSafetensors(toStateDict(table, values), { metadata: modelMetadata({ config }) });
}

/** The files of a checkpoint. */
export function checkpointFiles(
  pool: ComputePool,
  { firstMoment, secondMoment, opponent, step }: TrainingState,
  config: SparnetConfig,
): Record<string, Uint8Array> {
  const files = {
    [names.model]: modelFile(pool, pool.values, config),
    [names.average]: modelFile(pool, pool.average, config),
    [names.moments]: momentsFile(pool.table, { firstMoment, secondMoment }, step),
  };
  if (!pool.opponent || !opponent) return files;
  const { table, values } = pool.opponent;
  return {
    ...files,
    [names.opponent]: formatSafetensors(toStateDict(table, values)),
    [names.opponentMoments]: momentsFile(table, opponent, step),
  };
}

function momentsFile(
  table: ParameterTable,
  { firstMoment, secondMoment }: Moments,
  step: number,
): Uint8Array {
  const moments: StateDict = {
    ...momentsToStateDict(table, firstMoment, suffixes.first),
    ...momentsToStateDict(table, secondMoment, suffixes.second),
  };
  return formatSafetensors(moments, { metadata: { step: String(step) } });
}

/** The state of a checkpoint: what is not in its files. */
export function savedState(state: TrainingState, { data, val, settings }: Identity): SavedState {
  const { step, earlierSteps, seconds, best, quality, interrupted } = state;
  return {
    step,
    ...(earlierSteps && { earlierSteps }),
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
  checkNetwork(folder, read(names.model).metadata, identity.network);
  const restored: TrainingState = { ...freshState(pool), ...plain };
  if (restored.best && val !== identity.val) {
    say(
      `the validation photographs are others: the best validation, of step ${restored.best.step}, is forgotten`,
    );
    delete restored.best;
  }
  fromStateDict(pool.table, tensors(names.model), pool.values);
  fromStateDict(pool.table, tensors(names.average), pool.average);
  takeMoments(pool.table, tensors(names.moments), restored);
  if (pool.opponent && restored.opponent) {
    fromStateDict(pool.opponent.table, tensors(names.opponent), pool.opponent.values);
    takeMoments(pool.opponent.table, tensors(names.opponentMoments), restored.opponent);
  }
  pool.changed();
  return restored;
}

function takeMoments(table: ParameterTable, state: StateDict, { firstMoment, secondMoment }: Moments): void {
  fromStateDict(table, state, firstMoment, suffixes.first);
  fromStateDict(table, state, secondMoment, suffixes.second);
}

/** @throws SparnetError `bad-state` that names the first key in which the saved network is another one. */
function checkNetwork(folder: string, metadata: Record<string, string>, network: SparnetConfig): void {
  for (const [name, text] of Object.entries(modelMetadata({ config: network }))) {
    // A checkpoint from before a key came has its default.
    const before: object = resolveConfig(JSON.parse(metadata[name] ?? '{}') as SparnetConfigInput);
    const now = JSON.parse(text) as Record<string, unknown>;
    for (const key of new Set([...Object.keys(now), ...Object.keys(before)])) {
      const [had, has] = [(before as Record<string, unknown>)[key], now[key]].map(
        (value) => JSON.stringify(value) ?? 'nothing',
      );
      if (had === has) continue;
      throw new SparnetError(
        'bad-state',
        `${folder}: its network has ${key} ${had}, the run's has ${has}; put preset, network and scale in config.json ` +
          'back, or start a new run with --init',
      );
    }
  }
}
