import { SparnetError, checkInteger, checkNumber, checkOneOf, invalid } from '@sparnet/core';

/** What every schedule has. */
interface Rate {
  /** The highest rate, reached after the warm-up. */
  learningRate: number;
  /** Steps of linear warm-up, 0 without. */
  warmup?: number;
}

/** What schedules that end have. */
interface Horizon {
  /** The step at which the floor is reached; the rate stays there afterwards. */
  total: number;
  /** The part of `total` before the decay begins (the warm-up counts); at least the warm-up. 0 without. */
  hold?: number;
  /** The last rate as a part of `learningRate`. 0 without. */
  floor?: number;
}

/** A learning-rate schedule as data. */
export type Schedule =
  | ({ kind: 'constant' } & Rate)
  /** The rate is multiplied by `gamma` every `every` steps after the warm-up. */
  | ({ kind: 'step'; every: number; gamma: number } & Rate)
  | ({ kind: 'linear' } & Rate & Horizon)
  | ({ kind: 'cosine' } & Rate & Horizon);

const extraKeys = {
  constant: [],
  step: ['every', 'gamma'],
  linear: ['total', 'hold', 'floor'],
  cosine: ['total', 'hold', 'floor'],
} as const satisfies Record<Schedule['kind'], readonly string[]>;

/**
 * The learning rate of a step, counted from 0. With s = warm-up or hold * total, whichever is later:
 * - warm-up: lr (k + 1) / warmup for k < warmup;
 * - constant: lr;
 * - step: lr gamma^floor((k - warmup) / every);
 * - linear: lr down to floor * lr in a straight line from s to total;
 * - cosine: floor * lr + (lr - floor * lr) (1 + cos(pi (k - s) / (total - s))) / 2.
 *
 * @param schedule - A schedule that {@link resolveSchedule} returned, or a literal one.
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { learningRate, warmup = 0 } = schedule;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  if (schedule.kind === 'constant') return learningRate;
  if (schedule.kind === 'step') {
    return learningRate * schedule.gamma ** Math.floor((step - warmup) / schedule.every);
  }
  const done = progress(schedule, step);
  return decayed(schedule, schedule.kind === 'linear' ? 1 - done : 0.5 * (1 + Math.cos(Math.PI * done)));
}

/**
 * Checks a schedule read from a configuration and fixes its horizon: a `linear` or `cosine` one without `total` gets
 * the given one.
 *
 * @param value - A {@link Schedule}, `total` optional.
 * @param total - The step at which the run plans to reach the floor.
 * @throws SparnetError `bad-config` naming the key that is unknown, missing or out of range.
 */
export function resolveSchedule(value: unknown, total: number): Schedule {
  try {
    return checkedSchedule(value, total);
  } catch (error) {
    throw new SparnetError('bad-config', (error as Error).message, { cause: error });
  }
}

function checkedSchedule(value: unknown, planned: number): Schedule {
  if (typeof value !== 'object' || value === null) throw invalid('schedule', 'object', value);
  const given = value as Record<string, unknown>;
  const kind = checkOneOf('schedule.kind', given['kind'], ['constant', 'step', 'linear', 'cosine']);
  const known: readonly string[] = ['kind', 'learningRate', 'warmup', ...extraKeys[kind]];
  for (const key of Object.keys(given)) checkOneOf(`a key of a ${kind} schedule`, key, known);

  const learningRate = checkNumber('schedule.learningRate', given['learningRate'], 0);
  const warmup = checkInteger('schedule.warmup', given['warmup'] ?? 0);
  if (kind === 'constant') return { kind, learningRate, warmup };
  if (kind === 'step') {
    const every = checkInteger('schedule.every', given['every'], 1);
    const gamma = checkNumber('schedule.gamma', given['gamma'], 0, 1);
    return { kind, learningRate, warmup, every, gamma };
  }
  const total = checkInteger('schedule.total', given['total'] ?? planned, warmup + 1);
  const hold = checkNumber('schedule.hold', given['hold'] ?? 0, 0, 1);
  const floor = checkNumber('schedule.floor', given['floor'] ?? 0, 0, 1);
  return { kind, learningRate, warmup, total, hold, floor };
}

/** How far the decay has come: 0 at its start, 1 from `total` on. */
function progress({ warmup = 0, total, hold = 0 }: Rate & Horizon, step: number): number {
  const start = Math.max(warmup, hold * total);
  if (step >= total) return 1;
  return step <= start ? 0 : (step - start) / (total - start);
}

function decayed({ learningRate, floor = 0 }: Rate & Horizon, height: number): number {
  const last = floor * learningRate;
  return last + (learningRate - last) * height;
}
