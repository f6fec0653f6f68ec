import { SparnetError, invalid } from '@sparnet/core';
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
 * @throws SparnetError `bad-argument` when the loss is no scalar, or depends on no leaf through the operations of this
 *   package. Whatever is thrown, also by `forward`, leaves no tensor behind.
 */
export function sweep(forward: () => tf.Scalar, leaves: readonly tf.Tensor[]): Sweep {
  const { recorder, updates, reverse, abandon, differentiates } = createRecorder(leaves);
  let loss: tf.Scalar | undefined;
  try {
    loss = tf.keep(tf.tidy(() => checkLoss(listen(recorder, forward), differentiates)));
    const found = reverse(loss);
    const gradients = leaves.map((leaf) => found.get(leaf.id) ?? tf.keep(tf.zerosLike(leaf)));
    return { loss, gradients, updates: [...updates.values()] };
  } catch (error) {
    abandon();
    loss?.dispose();
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

function checkLoss(loss: tf.Scalar, differentiates: (tensor: tf.Tensor) => boolean): tf.Scalar {
  if (!(loss instanceof tf.Tensor)) throw invalid('loss', 'a scalar', loss);
  if (loss.rank !== 0) throw invalid('loss', 'a scalar', loss.shape);
  if (differentiates(loss)) return loss;
  throw new SparnetError(
    'bad-argument',
    'the loss depends on no leaf: compute it with the operations of @sparnet/engine alone',
  );
}
