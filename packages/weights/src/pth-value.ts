import type { TensorData } from './tensor-data.ts';

/**
 * What a PyTorch checkpoint can hold: a dict becomes a record without prototype (an integer key its decimal digits), a
 * list an array, a tuple a frozen array, an integer a number or, past 2^53, a bigint.
 */
export type PthValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | TensorData
  | readonly PthValue[]
  | { [key: string]: PthValue };

/** True for a tensor. No record that was read from a file looks like one: none can hold a typed array. */
export function isTensorData(value: PthValue | undefined): value is TensorData {
  return (
    typeof value === 'object' && value !== null && ArrayBuffer.isView((value as { data?: unknown }).data)
  );
}

/** True for what was a dict. */
export function isPthRecord(value: PthValue | undefined): value is { [key: string]: PthValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTensorData(value);
}
