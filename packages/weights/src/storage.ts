import { badFile } from './bad-file.ts';
import { aligned, elementCount, itemSizeOf } from './layout.ts';
import type { DType, TensorData } from './tensor-data.ts';

/** A flat run of elements in a checkpoint, of which tensors are views. A class, so that no pickled record passes for one. */
export class PickledStorage {
  constructor(
    readonly key: string,
    readonly dtype: DType,
    /** Elements. */
    readonly count: number,
  ) {}
}

/** A rectangular view of a storage; offset and strides are in elements. */
export interface StorageView {
  readonly storage: PickledStorage;
  readonly offset: number;
  readonly strides: readonly number[];
}

type ByBits = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Copies (transposed or expanded views) may take this many bytes, and four times the file: a guard, not a limit. */
const freeCopies = 2 ** 26;

/**
 * Checks that a view lies inside its storage.
 *
 * @throws SparnetError `bad-file`.
 */
export function checkView(
  { storage, offset, strides }: StorageView,
  shape: readonly number[],
  name: string,
): void {
  const count = elementCount(shape);
  const counts = [offset, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (count === undefined || !counts || strides.length !== shape.length || shape.length > 64) {
    throw badFile(name, 'a tensor has no valid shape, strides and offset');
  }
  if (count === 0) return;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] as number), offset);
  if (last >= storage.count) {
    throw badFile(name, `a tensor reaches to element ${last} of a storage of ${storage.count}`);
  }
}

/**
 * Gives tensors that were built without data the elements that their views stand for. A contiguous view stays a view on
 * the storage's bytes if their alignment allows, any other is copied into row-major order.
 *
 * @param views - The tensors, to be filled in place, each with its checked view.
 * @param bytesOf - The bytes of a storage, exactly as many as its elements need.
 * @param fileSize - Bytes of the file, which bound the memory that copies may take.
 * @throws SparnetError `bad-file` when the copies would take far more memory than the file.
 */
export function fillTensors(
  views: ReadonlyMap<TensorData, StorageView>,
  bytesOf: (storage: PickledStorage) => Uint8Array,
  { fileSize, name }: { fileSize: number; name: string },
): void {
  const loaded = new Map<PickledStorage, Uint8Array>();
  let budget = freeCopies + 4 * fileSize;
  for (const [tensor, view] of views) {
    const { storage } = view;
    const itemSize = itemSizeOf(storage.dtype);
    const bytes = loaded.get(storage) ?? aligned(bytesOf(storage), itemSize);
    loaded.set(storage, bytes);

    const count = tensor.shape.reduce((product, size) => product * size, 1);
    const arrayType = tensor.data.constructor as new (...args: unknown[]) => typeof tensor.data;
    if (isContiguous(tensor.shape, view.strides, count)) {
      const begin = count === 0 ? 0 : view.offset * itemSize;
      tensor.data = new arrayType(bytes.buffer, bytes.byteOffset + begin, count);
      continue;
    }
    budget -= count * itemSize;
    if (budget < 0) throw badFile(name, 'its tensors expand to far more memory than the file has bytes');
    tensor.data = new arrayType(rowMajor(bytes, itemSize, tensor.shape, view).buffer);
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[], count: number): boolean {
  if (count === 0) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Copies bit patterns, not numbers, so that no NaN changes. */
function rowMajor(bytes: Uint8Array, itemSize: number, shape: readonly number[], view: StorageView): ByBits {
  const BitsType = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[
    itemSize
  ] as Uint8ArrayConstructor;
  const source = new BitsType(bytes.buffer, bytes.byteOffset, view.storage.count);
  const target = new BitsType(shape.reduce((product, size) => product * size, 1));
  const inner = shape.length - 1;
  const innerSize = shape[inner] as number;
  const innerStride = view.strides[inner] as number;
  const index = shape.map(() => 0);
  let from = view.offset;
  for (let to = 0; to < target.length;) {
    for (let i = 0; i < innerSize; i++) target[to++] = source[from + i * innerStride] as number;
    for (let axis = inner - 1; axis >= 0; axis--) {
      const stride = view.strides[axis] as number;
      from += stride;
      index[axis]! += 1;
      if (index[axis] !== shape[axis]) break;
      from -= stride * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return target;
}
