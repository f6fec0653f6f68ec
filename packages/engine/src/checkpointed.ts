import type * as tf from '@tensorflow/tfjs-core';
import { activeRecorder, type Block } from './recorder.ts';

/**
 * Run a block of a forward pass so that, inside a `sweep`, only its input is kept for the backward pass, which runs the
 * block again: less memory for a third more time (activation checkpointing). The gradients are the same, and changes
 * of buffers (running statistics, power iterations) happen once. Outside a sweep the block is just run.
 *
 * @param block - From [N,H,W,C] to [N,H',W',C'], of this package's operations. Besides its input it may use leaves of
 *   the sweep, but no other tensor that depends on them. It is called twice, and so are listeners that it tells.
 */
export function checkpointed(block: Block, x: tf.Tensor4D): tf.Tensor4D {
  const recorder = activeRecorder();
  return recorder ? recorder.recordBlock(block, x) : block(x);
}
