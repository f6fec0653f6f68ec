import * as tf from '@tensorflow/tfjs-core';
import { createNatively, deleteNatively, type NativeConstant } from './native.ts';

/** By backend, as its tensors end with it; the oldest first. */
const constants = new WeakMap<object, Map<string, Kept>>();

interface Kept {
  constant: NativeConstant;
  bytes: number;
}

/** Images of ever new sizes need ever new ones: beyond this the oldest go. */
const mostBytes = 64 * 2 ** 20;

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
  const known = constants.get(backend) ?? new Map<string, Kept>();
  constants.set(backend, known);
  const found = known.get(key);
  if (found) return found.constant;
  const content = make();
  const bytes = content.values.byteLength;
  let total = [...known.values()].reduce((sum, kept) => sum + kept.bytes, bytes);
  for (const [oldest, kept] of known) {
    if (total <= mostBytes) break;
    deleteNatively(kept.constant);
    known.delete(oldest);
    total -= kept.bytes;
  }
  const constant = createNatively(content);
  known.set(key, { constant, bytes });
  return constant;
}
