import type { DType, TensorData } from './tensor-data.ts';

type TensorArray = TensorData['data'];
type ArrayType = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorArray;

const layouts: Record<DType, { itemSize: number; arrayType: ArrayType }> = {
  F64: { itemSize: 8, arrayType: Float64Array },
  F32: { itemSize: 4, arrayType: Float32Array },
  F16: { itemSize: 2, arrayType: Uint16Array },
  BF16: { itemSize: 2, arrayType: Uint16Array },
  I64: { itemSize: 8, arrayType: BigInt64Array },
  I32: { itemSize: 4, arrayType: Int32Array },
  I16: { itemSize: 2, arrayType: Int16Array },
  I8: { itemSize: 1, arrayType: Int8Array },
  U8: { itemSize: 1, arrayType: Uint8Array },
  BOOL: { itemSize: 1, arrayType: Uint8Array },
};

/** True for the name of an element type that this package reads and writes. */
export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(layouts, value);
}

/** Bytes of one element. */
export function itemSizeOf(dtype: DType): number {
  return layouts[dtype].itemSize;
}

/** True when `data` is the typed array that goes with `dtype`. */
export function isArrayOf(dtype: DType, data: unknown): data is TensorArray {
  return data instanceof layouts[dtype].arrayType;
}

/** The number of elements of a shape, or undefined when a size is no count or the product passes 2^53. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** A tensor on little-endian bytes: a view where their alignment allows one, else a copy. */
export function tensorOn(bytes: Uint8Array, dtype: DType, shape: readonly number[]): TensorData {
  const { itemSize, arrayType } = layouts[dtype];
  const { buffer, byteOffset, byteLength } = aligned(bytes, itemSize);
  return { dtype, shape, data: new arrayType(buffer, byteOffset, byteLength / itemSize) } as TensorData;
}

/** The same bytes where a typed array of `itemSize` may begin: themselves, or a copy. */
export function aligned(bytes: Uint8Array, itemSize: number): Uint8Array {
  // Not bytes.slice(): a Node Buffer's slice is a view, not a copy.
  return bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes);
}

/** The tensor's own memory as bytes. */
export function bytesOf({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
