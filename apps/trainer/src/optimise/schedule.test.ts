import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learningRateAt, resolveSchedule, type Schedule } from './schedule.ts';

interface Reference {
  lr: number;
  values: number[];
  step_size: number;
  gamma: number;
  T_max: number;
  warmup: number;
  total: number;
  n_epochs: number;
  n_epochs_decay: number;
  epoch_count: number;
}
const vectors = new URL('../../../../vectors/ema-adam/', import.meta.url);
const { schedules } = JSON.parse(readFileSync(new URL('case.json', vectors), 'utf8')) as {
  schedules: Record<string, Reference>;
};

/** Each named rule of the reference as data. */
const asData: Record<string, (r: Reference) => Schedule> = {
  release_step: (r) => ({ kind: 'step', learningRate: r.lr, every: r.step_size, gamma: r.gamma }),
  release_cosine: (r) => ({ kind: 'cosine', learningRate: r.lr, total: r.T_max }),
  release_linear(r) {
    // Falls from the last step at full rate on.
    const full = r.n_epochs - r.epoch_count;
    const total = full + r.n_epochs_decay + 1;
    return { kind: 'linear', learningRate: r.lr, total, hold: full / total };
  },
  warmup_linear_then_cosine: (r) => ({
    kind: 'cosine',
    learningRate: r.lr,
    warmup: r.warmup,
    total: r.total,
  }),
  warmup_linear_then_step: (r) => ({
    kind: 'step',
    learningRate: r.lr,
    warmup: r.warmup,
    every: r.step_size,
    gamma: r.gamma,
  }),
  warmup_linear_then_linear: (r) => ({
    kind: 'linear',
    learningRate: r.lr,
    warmup: r.warmup,
    total: r.total,
  }),
};

describe('the reference schedules', () => {
  test.each(Object.entries(schedules))('%s', (name, reference) => {
    const schedule = asData[name]?.(reference);
    if (!schedule) throw new Error(`no rule for ${name}`);
    reference.values.forEach((value, step) => {
      expect(Math.abs(learningRateAt(schedule, step) - value)).toBeLessThanOrEqual(1e-12 * reference.lr);
    });
  });
});

test('holds, then falls to the floor and stays there', () => {
  const schedule: Schedule = {
    kind: 'cosine',
    learningRate: 5e-4,
    warmup: 50,
    total: 1000,
    hold: 0.6,
    floor: 0.02,
  };
  expect(learningRateAt(schedule, 0)).toBeCloseTo(1e-5, 12);
  expect(learningRateAt(schedule, 49)).toBe(5e-4);
  expect(learningRateAt(schedule, 600)).toBe(5e-4);
  expect(learningRateAt(schedule, 601)).toBeLessThan(5e-4);
  expect(learningRateAt(schedule, 800)).toBeCloseTo(5e-4 * 0.51, 12);
  expect(learningRateAt(schedule, 1000)).toBeCloseTo(1e-5, 12);
  expect(learningRateAt(schedule, 5000)).toBeCloseTo(1e-5, 12);
});

test('the rate always lies between 0 and its highest, rises in the warm-up and never after it', () => {
  const horizon = fc.record({
    kind: fc.constantFrom('linear' as const, 'cosine' as const),
    learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    warmup: fc.integer({ min: 0, max: 20 }),
    total: fc.integer({ min: 21, max: 100 }),
    hold: fc.double({ min: 0, max: 1, noNaN: true }),
    floor: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(horizon, (schedule) => {
      const rates = Array.from({ length: 120 }, (_, step) => learningRateAt(schedule, step));
      expect(Math.min(...rates)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...rates)).toBeLessThanOrEqual(schedule.learningRate * (1 + 1e-15));
      const climbing = rates.slice(0, schedule.warmup);
      expect(climbing).toEqual([...new Set(climbing)].toSorted((a, b) => a - b));
      const falling = rates.slice(schedule.warmup);
      const rises = falling.map((rate, i) => rate / (falling[i - 1] ?? rate));
      expect(Math.max(...rises.filter((rise) => !Number.isNaN(rise)))).toBeLessThanOrEqual(1 + 1e-15);
    }),
    { numRuns: 50 },
  );
});

test('resolving fixes the horizon once and survives JSON', () => {
  const resolved = resolveSchedule({ kind: 'cosine', learningRate: 2e-4, hold: 0.5 }, 300);
  expect(resolved).toEqual({
    kind: 'cosine',
    learningRate: 2e-4,
    warmup: 0,
    total: 300,
    hold: 0.5,
    floor: 0,
  });
  expect(resolveSchedule(JSON.parse(JSON.stringify(resolved)), 900)).toEqual(resolved);
});

test.each([
  [
    { kind: 'cosin', learningRate: 1 },
    'expected one of constant, step, linear, cosine for schedule.kind, got "cosin"',
  ],
  [{ kind: 'constant', learningRate: 1, total: 3 }, 'for a key of a constant schedule, got "total"'],
  [{ kind: 'step', learningRate: 1, gamma: 0.1 }, 'for schedule.every, got undefined'],
  [
    { kind: 'linear', learningRate: 1, warmup: 10 },
    'expected integer of at least 11 for schedule.total, got 10',
  ],
  [{ kind: 'linear', learningRate: -1 }, 'for schedule.learningRate, got -1'],
  ['cosine', 'expected object for schedule, got "cosine"'],
])('refuses %j', (value, message) => {
  expect(() => resolveSchedule(value, 10)).toThrow(expect.objectContaining({ code: 'bad-config' }));
  expect(() => resolveSchedule(value, 10)).toThrow(message);
});
