import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs' WASM backend that places tensors on its heap. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}

/** True while the WASM engine computes, whose tensors a plain loop can read and write in place. */
export function onWasm(): boolean {
  return tf.getBackend() === 'wasm';
}

/**
 * A new float32 tensor that `fill` writes, reading `x`: both are views on the heap of the WASM engine. For moving
 * values about, where the engine's own kernels take several passes.
 */
export function writeOnHeap<Result extends tf.Tensor>(
  x: tf.Tensor,
  shape: number[],
  fill: (target: Float32Array, source: Float32Array) => void,
): Result {
  const backend = tf.backend() as unknown as WasmBackend;
  const output = backend.makeOutput(shape, 'float32');
  // Views are taken after the allocation, which may have moved the heap.
  fill(backend.typedArrayFromHeap(output), backend.typedArrayFromHeap(x));
  return tf.engine().makeTensorFromTensorInfo(output) as Result;
}
