/**
 * The element types of weights files, by their safetensors names. `F16` and `BF16` are kept as their 16-bit patterns,
 * `BOOL` as bytes 0 and 1.
 */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

interface Tensor<Type extends DType, Values> {
  dtype: Type;
  /** Sizes, outermost first; empty for a scalar. */
  shape: readonly number[];
  /** The elements in row-major order, as many as the product of `shape`. */
  data: Values;
}

/** One tensor: element type, shape, and a flat typed array in row-major order. */
export type TensorData =
  | Tensor<'F64', Float64Array>
  | Tensor<'F32', Float32Array>
  | Tensor<'F16' | 'BF16', Uint16Array>
  | Tensor<'I64', BigInt64Array>
  | Tensor<'I32', Int32Array>
  | Tensor<'I16', Int16Array>
  | Tensor<'I8', Int8Array>
  | Tensor<'U8' | 'BOOL', Uint8Array>;

/** Tensors by name. One that was read from a file has no prototype, so any name is safe. */
export type StateDict = Record<string, TensorData>;
