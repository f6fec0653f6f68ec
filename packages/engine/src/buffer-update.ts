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

/** What a forward pass finds in a buffer: the value of an earlier change in the same sweep, or the buffer itself. */
export function currentValue(buffer: tf.Variable): tf.Tensor {
  return activeRecorder()?.pending(buffer) ?? buffer;
}
