import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';

/** One line of the suite's report. */
export interface Finding {
  /** What was compared: a file, a file's part, scalars. */
  name: string;
  /** The largest error found. */
  error: number;
  tolerance: number;
}

/** Is the error one, and small enough? */
export function isWithin({ error, tolerance }: Finding): boolean {
  return error >= 0 && error <= tolerance;
}

/** Values to hold against a reference tensor, in the reference's own layout. */
export type Values = ArrayLike<number> | ArrayLike<bigint>;

/**
 * The largest error over the tensors of a file: e = max|x - ref| / (max|ref| + 0.001 G), G = max|ref| over the floating
 * tensors of the file. Integer tensors must be equal. Every reference tensor must be given, one at least, and nothing
 * else.
 */
export function largestError(found: Record<string, Values>, reference: StateDict): number {
  if (Object.keys(reference).length === 0) throw new Error('no reference tensor to compare with');
  const missing = Object.keys(reference).filter((name) => !(name in found));
  const extra = Object.keys(found).filter((name) => !(name in reference));
  if (missing.length + extra.length > 0) {
    throw new Error(
      `not compared: ${missing.join(' ') || 'none'}; without a reference: ${extra.join(' ') || 'none'}`,
    );
  }
  const floating = Object.values(reference).filter(isFloating);
  const scale = Math.max(0, ...floating.map((tensor) => largest(toFloat32(tensor))));
  const errors = Object.entries(reference).map(([name, tensor]) => {
    const values = found[name] as Values;
    if (values.length !== tensor.data.length) return Infinity;
    return isFloating(tensor) ? floatError(values, toFloat32(tensor), scale) : integerError(values, tensor);
  });
  return Math.max(0, ...errors);
}

/** |x - ref| / (|ref| + 0.001), the largest. */
export function scalarError(found: readonly number[], reference: readonly number[]): number {
  if (found.length !== reference.length || found.length === 0) return Infinity;
  return Math.max(
    ...reference.map((value, i) =>
      finite(Math.abs((found[i] as number) - value) / (Math.abs(value) + 0.001)),
    ),
  );
}

/** |x - ref|, the largest. Infinities that agree are no error. */
export function absoluteError(found: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (found.length !== reference.length || found.length === 0) return Infinity;
  let gap = 0;
  for (let i = 0; i < found.length; i++) {
    const [value, wanted] = [found[i] as number, reference[i] as number];
    if (value !== wanted) gap = Math.max(gap, finite(Math.abs(value - wanted)));
  }
  return gap;
}

/** ||x - ref|| / ||ref - before|| over all tensors of `reference` that `counts` names. */
export function updateError(
  found: Record<string, Values>,
  reference: StateDict,
  before: StateDict,
  counts: (name: string) => boolean,
): number {
  let gap = 0;
  let moved = 0;
  for (const [name, tensor] of Object.entries(reference)) {
    if (!counts(name)) continue;
    const after = toFloat32(tensor);
    const start = toFloat32(before[name] as TensorData);
    for (const [i, value] of after.entries()) {
      gap += (Number((found[name] as Values)[i]) - value) ** 2;
      moved += (value - (start[i] as number)) ** 2;
    }
  }
  return Math.sqrt(gap / moved);
}

function isFloating({ dtype }: TensorData): boolean {
  return ['F64', 'F32', 'F16', 'BF16'].includes(dtype);
}

function floatError(found: Values, reference: Float32Array, scale: number): number {
  let gap = 0;
  for (const [i, value] of reference.entries())
    gap = Math.max(gap, finite(Math.abs(Number(found[i]) - value)));
  return gap === 0 ? 0 : gap / (largest(reference) + 0.001 * scale);
}

function integerError(found: Values, { data }: TensorData): number {
  return Array.from(data as ArrayLike<number | bigint>).every(
    (value, i) => BigInt(found[i] as number) === BigInt(value),
  )
    ? 0
    : Infinity;
}

function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** NaN compares as smaller than every tolerance; as infinity it fails. */
function finite(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}
