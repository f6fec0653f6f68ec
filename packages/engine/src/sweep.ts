import { SparnetError } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { createRecorder, listen, type BufferUpdate } from './recorder.ts';

/** A loss, its gradients, and the changes of buffers that its forward pass asked for. All of it is the caller's. */
export interface Sweep {
  loss: tf.Scalar;
  /** One a leaf, in the order given; zeros where the loss does not depend on it. */
  gradients: tf.Tensor[];
  /** Not applied yet: {@link commitUpdates} does, once. */
  updates: BufferUpdate[];
}

/**
 * Compute a loss and its gradients by an explicit reverse sweep over the operations of this package. Unlike `tf.grads`
 * it keeps only what the backward pass needs, recomputes what is cheap (padding) and frees each tensor after its last
 * use. `forward` must use this package's operations for everything a gradient has to flow through.
 *
 * @param forward - Returns the scalar loss. Runs once, inside a `tf.tidy`.
 * @param leaves - Variables or tensors to differentiate by.
 * @throws SparnetError `bad-argument` when the loss depends on no leaf through the operations of this package.
 */
export function sweep(forward: () => tf.Scalar, leaves: readonly tf.Tensor[]): Sweep {
  const { recorder, updates, reverse, abandon, differentiates } = createRecorder(leaves);
  try {
    const loss = tf.keep(tf.tidy(() => listen(recorder, forward)));
    if (!differentiates(loss)) {
      loss.dispose();
      throw new SparnetError(
        'bad-argument',
        'the loss depends on no leaf: compute it with the operations of @sparnet/engine alone',
      );
    }
    const found = reverse(loss);
    const gradients = leaves.map((leaf) => found.get(leaf.id) ?? tf.keep(tf.zerosLike(leaf)));
    return { loss, gradients, updates };
  } catch (error) {
    abandon();
    throw error;
  }
}

/** Apply the changes of buffers that a sweep handed out, and free them. */
export function commitUpdates(updates: readonly BufferUpdate[]): void {
  for (const { buffer, value } of updates) {
    buffer.assign(value);
    value.dispose();
  }
}
