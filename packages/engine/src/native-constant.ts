import * as tf from '@tensorflow/tfjs-core';
import { createNatively, type NativeConstant } from './native.ts';

/** By backend, as its tensors end with it. */
const constants = new WeakMap<object, Map<string, NativeConstant>>();

/**
 * Shapes, axes and places that kernels of native TensorFlow take as tensors: made once for each key, as making one costs
 * as much as a small kernel. They are no tensors of tfjs, which would take those that a kernel leaves behind for a leak.
 *
 * @param key - Says all that the values depend on.
 */
export function nativeConstant(
  key: string,
  make: () => { shape: number[]; values: Int32Array | Float32Array },
): NativeConstant {
  const backend = tf.backend();
  const known = constants.get(backend) ?? new Map<string, NativeConstant>();
  constants.set(backend, known);
  const found = known.get(key) ?? createNatively(make());
  known.set(key, found);
  return found;
}
