import { invalid } from '@sparnet/core';
import type { ComputePool } from './compute/compute-pool.ts';
import { batchOrder } from './data/batch-order.ts';
import type { Dataset } from './data/dataset.ts';
import type { Loader } from './data/loader.ts';
import { resolveSchedule, type Schedule } from './optimise/schedule.ts';
import type { TrainConfig } from './options.ts';
import { shardsOf } from './shards.ts';

/** Steps measured, without learning from them, when a run is planned by time. */
const measuredSteps = 3;

/** The part of the time that is planned for steps; validations and checkpoints take the rest. */
const learningPart = 0.94;

/** The steps that a number of passes over the data comes to; at least one. */
export function stepsOfEpochs(epochs: number, { names }: Dataset, { batch, seed }: TrainConfig): number {
  const { stepsPerEpoch } = batchOrder({ count: names.length, batchSize: batch, seed });
  return Math.max(1, Math.round(epochs * stepsPerEpoch));
}

/**
 * The steps that fit into a time; at least one. A few are measured, whose results are thrown away.
 *
 * @param loader - Gives the batches to measure with; it is not closed.
 * @param say - Told what the time comes to.
 * @param signal - Ends the measuring between two steps by throwing its reason.
 */
export async function stepsOfMinutes(
  minutes: number,
  { batch: images, shard: size }: TrainConfig,
  {
    pool,
    loader,
    say,
    signal,
  }: { pool: ComputePool; loader: Loader; say(message: string): void; signal?: AbortSignal | undefined },
): Promise<number> {
  const gradients = new Float32Array(pool.resultSize);
  const times: number[] = [];
  for (let step = 0; step <= measuredSteps; step++) {
    signal?.throwIfAborted();
    const batch = await loader.next();
    const start = performance.now();
    await pool.differentiate(shardsOf(batch, { images, size }), gradients);
    times.push(performance.now() - start);
  }
  // The first step builds what the engine keeps.
  const typical = times.slice(1).toSorted((a, b) => a - b)[Math.floor(measuredSteps / 2)] as number;
  const steps = Math.max(1, Math.floor((minutes * 60_000 * learningPart) / typical));
  say(`${minutes} minutes are about ${steps} steps of ${(typical / 1000).toFixed(2)} s`);
  return steps;
}

/** The kinds of schedule that a run has: the generator's, and the discriminators' where there are any. */
export function schedulesOf({
  schedule,
  discriminatorSchedule,
  adversarialWeight,
}: Pick<TrainConfig, 'schedule' | 'discriminatorSchedule' | 'adversarialWeight'>): TrainConfig['schedule'][] {
  return adversarialWeight > 0 ? [schedule, discriminatorSchedule] : [schedule];
}

/** Whether a schedule of this kind has an end, which the horizon is. */
export function endsAtHorizon(kind: TrainConfig['schedule']): boolean {
  return kind === 'linear' || kind === 'cosine';
}

/**
 * The schedule of a run.
 *
 * @param horizon - The step at which a linear or cosine schedule ends.
 * @throws SparnetError `bad-config` for a warm-up that is no shorter.
 */
export function plannedSchedule(config: TrainConfig, horizon: number): Schedule {
  const { schedule: kind, lr: learningRate, warmup, hold, floor, every, gamma } = config;
  const rate = { kind, learningRate, warmup };
  if (kind === 'constant') return resolveSchedule(rate, horizon);
  if (kind === 'step') return resolveSchedule({ ...rate, every, gamma }, horizon);
  if (warmup >= horizon)
    throw invalid('warmup', `less than the schedule's ${horizon} steps`, warmup, 'bad-config');
  return resolveSchedule({ ...rate, hold, floor }, horizon);
}
