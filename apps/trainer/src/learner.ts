import type { ComputePool } from './compute/compute-pool.ts';
import type { ParameterTable } from './compute/parameter-table.ts';
import { adamStep } from './optimise/adam.ts';
import { clipGradients, globalNorm } from './optimise/clip.ts';
import { averageInto, warmedUpDecay } from './optimise/ema.ts';
import { mixMomentum, moveAlong, muonMatrices, outside } from './optimise/muon.ts';
import { iteratePower } from './optimise/power-iteration.ts';
import type { TrainingState } from './training-state.ts';

/** An optimiser's memory of a network: running means of the gradients and of their squares. */
export interface Moments {
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

/** A network that an optimiser moves. Its vectors are views: they show what the pool and the state hold. */
export interface Learner extends Moments {
  table: ParameterTable;
  values: Float32Array;
  /** The gradients of what is trained, as the pool's result has them. */
  slopes: Float32Array;
  /** The new buffers. */
  buffers: Float32Array;
}

export function freshMoments({ parameters }: ParameterTable): Moments {
  return { firstMoment: new Float32Array(parameters), secondMoment: new Float32Array(parameters) };
}

/** The generator and, where there are discriminators, these; `result` is what the pool's `differentiate` fills. */
export function learnersOf(
  { table, values, opponent }: Pick<ComputePool, 'table' | 'values' | 'opponent'>,
  { firstMoment, secondMoment, opponent: moments }: Pick<TrainingState, keyof Moments | 'opponent'>,
  result: Float32Array,
): { generator: Learner; discriminator?: Learner } {
  const generator = learner(table, values, { firstMoment, secondMoment }, result.subarray(0, table.total));
  if (!opponent || !moments) return { generator };
  const rest = result.subarray(table.total);
  return { generator, discriminator: learner(opponent.table, opponent.values, moments, rest) };
}

function learner(
  table: ParameterTable,
  values: Float32Array,
  moments: Moments,
  result: Float32Array,
): Learner {
  const { parameters } = table;
  return {
    table,
    values,
    ...moments,
    slopes: result.subarray(0, parameters),
    buffers: result.subarray(parameters),
  };
}

/** The L2 norm of the gradients, which are clipped to `clip` unless that is 0. */
export function gradientNorm({ slopes }: Learner, clip: number): number {
  return clip > 0 ? clipGradients([slopes], clip) : globalNorm([slopes]);
}

/**
 * Take over the new buffers: running statistics, power iterations, and counters, whose mean over shards is rounded,
 * since the weights of the mean were.
 */
export function takeBuffers({ table, values, buffers }: Learner): void {
  values.set(buffers, table.parameters);
  for (const { dtype, start, size } of table.entries) {
    if (dtype === 'I64') values.set(values.slice(start, start + size).map(Math.round), start);
  }
}

/** How far a step goes. */
interface Rate {
  step: number;
  learningRate: number;
  beta1: number;
  beta2: number;
}

/** A step of Adam. */
export function advance(who: Learner, rate: Rate): void {
  adam(who, rate, { from: 0, to: who.table.parameters });
}

/** A step of Muon, and of Adam for what Muon does not move. The pool makes the directions orthogonal. */
export async function advanceByMuon(
  who: Learner,
  rate: Rate,
  pool: Pick<ComputePool, 'orthogonalise'>,
): Promise<void> {
  const { table, values, slopes, firstMoment, secondMoment } = who;
  const { learningRate, beta2 } = rate;
  const matrices = muonMatrices(table);
  for (const part of outside(matrices, table.parameters)) adam(who, rate, part);
  const directions = new Float32Array(table.parameters);
  mixMomentum(matrices, { gradients: slopes, firstMoment, secondMoment, beta2, directions });
  await pool.orthogonalise(directions, matrices);
  moveAlong(matrices, { parameters: values, directions, learningRate });
}

function adam(
  { values, slopes, firstMoment, secondMoment }: Learner,
  rate: Rate,
  { from, to }: { from: number; to: number },
): void {
  const part = (vector: Float32Array): Float32Array => vector.subarray(from, to);
  adamStep({
    parameters: part(values),
    gradients: part(slopes),
    firstMoment: part(firstMoment),
    secondMoment: part(secondMoment),
    ...rate,
  });
}

/** When an average is moved: `before` a step, as SPARNetHD was released, or after it. */
export type AverageOrder = 'before' | 'after';

/**
 * Move the average towards the values; counters are copied. Before a step, by the full decay; after it, with a short
 * memory at the start. A decay of 0 copies. Power iterations of the average take a step of their own: a mean of
 * directions is no unit vector, and overstates the weights that it divides.
 */
export function updateAverage(
  { table, values }: Pick<Learner, 'table' | 'values'>,
  average: Float32Array,
  { decay, order, step }: { decay: number; order: AverageOrder; step: number },
): void {
  const warm = order === 'after' && decay > 0;
  averageInto(average, values, warm ? warmedUpDecay(decay, step) : decay);
  for (const { dtype, start, size } of table.entries) {
    if (dtype === 'I64') average.set(values.subarray(start, start + size), start);
  }
  if (order === 'before' || decay > 0) iteratePower(table, average);
}
