import * as tf from '@tensorflow/tfjs-core';
import { activeRecorder } from './recorder.ts';

/**
 * Change a buffer (running statistics, a power iteration's vectors) in a forward pass: at once, or, inside a
 * `sweep`, by handing the new value to the caller of the sweep, who commits it once.
 *
 * @param buffer - A variable that is not trained.
 * @param compute - Returns the new value, a new tensor of the buffer's shape. It is given the current one: that of an
 *   earlier change in the same sweep, or the buffer itself.
 */
export function recordUpdate(buffer: tf.Variable, compute: (current: tf.Tensor) => tf.Tensor): void {
  const recorder = activeRecorder();
  if (recorder) recorder.recordUpdate(buffer, compute);
  else tf.tidy(() => buffer.assign(compute(buffer)));
}

/** The buffers of a batch norm and the batch's statistics. */
export interface Statistics {
  runningMean: tf.Variable;
  runningVariance: tf.Variable;
  /** A scalar counter. */
  batchesTracked: tf.Variable;
  mean: tf.Tensor;
  /** Biased: divided by `count`. */
  variance: tf.Tensor;
  /** Values a channel: N * H * W, at least 2. */
  count: number;
  momentum: number;
}

/**
 * Running statistics as PyTorch keeps them: new = (1 - momentum) old + momentum batch, with the unbiased variance
 * (divided by count - 1), and the counter plus one. Through {@link recordUpdate}.
 */
export function trackStatistics(given: Statistics): void {
  const { runningMean, runningVariance, batchesTracked, mean, variance, count, momentum } = given;
  const towards =
    (value: tf.Tensor, factor: number) =>
    (old: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(old, 1 - momentum), tf.mul(value, momentum * factor));
  recordUpdate(runningMean, towards(mean, 1));
  recordUpdate(runningVariance, towards(variance, count / (count - 1)));
  recordUpdate(batchesTracked, (old) => tf.add(old, 1));
}
