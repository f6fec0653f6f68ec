import * as tf from '@tensorflow/tfjs-core';
import { attributeNames, type AttributeName } from './native-attributes.ts';

/** The part of tfjs-node's backend that runs TensorFlow's own kernels. */
interface NativeBackend {
  binding: Record<`TF_${string}`, number> & {
    createTensor(shape: number[], type: number, values: Int32Array | Float32Array): number;
    deleteTensor(id: number): void;
    executeOp(name: string, attributes: object[], inputs: number[], count: number): object[];
  };
  isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(result: object): tf.Tensor;
}

/** An attribute of no type that TensorFlow has. */
const noType = -1;

/** A tensor of TensorFlow's that tfjs knows nothing of, and that stays. */
export interface NativeConstant {
  readonly nativeId: number;
}

/**
 * Make tfjs-node's binding know the names of all attributes. It keeps those that it was ever given in one set for all
 * threads of the process, with no lock: two that bring a new name at the same moment destroy it, and the process
 * crashes or computes for ever. Once all are in, it is only read, which any number of threads may.
 */
export function introduceAttributes(): void {
  const native = tf.findBackend('tensorflow') as unknown as NativeBackend | null;
  for (const name of attributeNames) {
    try {
      native?.binding.executeOp('NoOp', [{ name, type: noType, value: 0 }], [], 0);
    } catch {
      // It refuses the type, after it has taken in the name.
    }
  }
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
  inputs: readonly (tf.Tensor | NativeConstant)[],
  attributes: Partial<Record<AttributeName, string | number | boolean>>,
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
  const ids = inputs.map((input) =>
    'nativeId' in input ? input.nativeId : (backend().getInputTensorIds([input])[0] as number),
  );
  return binding.executeOp(name, listed, ids, count).map((result) => backend().createOutputTensor(result));
}

/** Values as a tensor of TensorFlow's own. */
export function createNatively({
  shape,
  values,
}: {
  shape: number[];
  values: Int32Array | Float32Array;
}): NativeConstant {
  const { binding } = backend();
  const type = binding[values instanceof Int32Array ? 'TF_INT32' : 'TF_FLOAT'] as number;
  return { nativeId: binding.createTensor(shape, type, values) };
}

/** Free a tensor that {@link createNatively} made. */
export function deleteNatively({ nativeId }: NativeConstant): void {
  backend().binding.deleteTensor(nativeId);
}

function backend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}
