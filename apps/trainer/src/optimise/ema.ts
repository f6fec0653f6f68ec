import { checkInteger, checkNumber, invalid } from '@sparnet/core';

/**
 * Moves a running average towards `values`, in place: average = decay * average + (1 - decay) * values.
 * An element is computed in float64 and stored as float32. Float buffers are averaged like weights; integers (batch
 * counts) are to be copied by the caller.
 *
 * @param average - Changed in place. May lie on a `SharedArrayBuffer`.
 * @param decay - Between 0 (copy) and 1 (keep).
 * @throws SparnetError `bad-argument` when the lengths differ or `decay` is out of range.
 */
export function averageInto(average: Float32Array, values: Float32Array, decay: number): void {
  const count = average.length;
  if (values.length !== count) throw invalid('values', `${count} elements, as average has,`, values.length);
  checkNumber('decay', decay, 0, 1);
  const rest = 1 - decay;
  for (let i = 0; i < count; i++) {
    average[i] = decay * (average[i] as number) + rest * (values[i] as number);
  }
}

/**
 * The decay of the `updates`-th update, from 1: min(decay, (1 + updates) / (10 + updates)), so that the average forgets
 * the random weights of the start within a few updates.
 *
 * @throws SparnetError `bad-argument` when an argument is out of range.
 */
export function warmedUpDecay(decay: number, updates: number): number {
  checkNumber('decay', decay, 0, 1);
  checkInteger('updates', updates, 1);
  return Math.min(decay, (1 + updates) / (10 + updates));
}
