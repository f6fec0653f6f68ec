import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs-node's backend that runs TensorFlow's own kernels. */
interface NativeBackend {
  binding: Record<`TF_${string}`, number>;
  isUsingGpuDevice: boolean;
  executeMultipleOutputs(
    name: string,
    attributes: object[],
    inputs: readonly tf.Tensor[],
    count: number,
  ): tf.Tensor[];
}

/** True while TensorFlow's C library computes on the processor, whose kernels can be called by their names. */
export function onNative(): boolean {
  return tf.getBackend() === 'tensorflow' && !backend().isUsingGpuDevice;
}

/**
 * Run a kernel of TensorFlow's. tfjs has no names for the gradients among them, and composes from a
 * dozen passes over memory what they do in one.
 *
 * @param attributes - A number is one of TensorFlow's floats; the types `float32` and `int32` are written so.
 * @returns The kernel's outputs, `count` of them.
 */
export function runNative(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: Record<string, string | number | boolean>,
  count: number,
): tf.Tensor[] {
  const { binding } = backend();
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT, TF_INT32 } = binding;
  const listed = Object.entries(attributes).map(([key, value]) => {
    if (value === 'float32') return { name: key, type: TF_ATTR_TYPE, value: TF_FLOAT };
    if (value === 'int32') return { name: key, type: TF_ATTR_TYPE, value: TF_INT32 };
    if (typeof value === 'number') return { name: key, type: TF_ATTR_FLOAT, value };
    return { name: key, type: typeof value === 'boolean' ? TF_ATTR_BOOL : TF_ATTR_STRING, value };
  });
  return backend().executeMultipleOutputs(name, listed, inputs, count);
}

function backend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}
