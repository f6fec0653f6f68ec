import type { DType, StateDict, TensorData } from './tensor-data.ts';

const storageNames: Record<DType, string> = {
  F64: 'DoubleStorage',
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  I64: 'LongStorage',
  I32: 'IntStorage',
  I16: 'ShortStorage',
  I8: 'CharStorage',
  U8: 'ByteStorage',
  BOOL: 'BoolStorage',
};

const mark = [0x28];
const tuple = [0x74]; // of everything since the mark
const emptyTuple = [0x29];
const reduce = [0x52];
const persistentId = [0x51];
const newFalse = [0x89];
const setItems = [0x75];
const stop = [0x2e];

/** The pickle, protocol 2, of an OrderedDict of tensors; the storage of the n-th tensor has the key n. */
export function pickleStateDict(tensors: StateDict): Uint8Array {
  const orderedDict = [...global('collections', 'OrderedDict'), ...emptyTuple, ...reduce];
  const rebuild = global('torch._utils', '_rebuild_tensor_v2');
  const pickled: number[] = [0x80, 2, ...orderedDict, ...mark];
  for (const [index, [name, tensor]] of Object.entries(tensors).entries()) {
    const storage = [
      ...mark,
      ...text('storage'),
      ...global('torch', storageNames[tensor.dtype]),
      ...text(String(index)),
      ...text('cpu'),
      ...integer(tensor.data.length),
      ...tuple,
      ...persistentId,
    ];
    const layout = [...integer(0), ...integers(tensor.shape), ...integers(stridesOf(tensor))];
    const args = [...mark, ...storage, ...layout, ...newFalse, ...orderedDict, ...tuple];
    for (const part of [text(name), rebuild, args, reduce]) for (const byte of part) pickled.push(byte);
  }
  pickled.push(...setItems, ...stop);
  return Uint8Array.from(pickled);
}

/** Elements to pass for the next one along each axis, of row-major data. */
function stridesOf({ shape }: TensorData): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(stride);
    stride *= Math.max(1, size);
  }
  return strides;
}

function global(module: string, member: string): number[] {
  return [0x63, ...new TextEncoder().encode(`${module}\n${member}\n`)];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [0x58, ...little(bytes.length, 4), ...bytes];
}

function integers(values: readonly number[]): number[] {
  return [...mark, ...values.flatMap(integer), ...tuple];
}

/** A count: four bytes if it is below 2^31, else eight. */
function integer(value: number): number[] {
  return value < 2 ** 31 ? [0x4a, ...little(value, 4)] : [0x8a, 8, ...little(value, 8)];
}

function little(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
