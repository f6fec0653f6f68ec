import type { TensorData } from './tensor-data.ts';

/**
 * The values of a tensor as float32. F16 and BF16 widen exactly; F64, I64 and I32 round to the nearest float32, ties to
 * even; BOOL gives 0 and 1.
 *
 * @returns For F32 the tensor's own array, else a new one.
 */
export function toFloat32({ dtype, data }: TensorData): Float32Array {
  switch (dtype) {
    case 'F32':
      return data;
    case 'F16':
      return fromHalf(data);
    case 'BF16':
      return new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer);
    case 'I64':
      return Float32Array.from(data, toNumber);
    default:
      return Float32Array.from(data);
  }
}

function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 31) words[i] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) words[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else values[i] = (sign === 0 ? 1 : -1) * fraction * 2 ** -24;
  }
  return values;
}

/** A number that rounds to the same float32 as `value`: past 2^53 the lost bits leave a trace in the last one kept. */
function toNumber(value: bigint): number {
  const near = Number(value);
  if (Number.isSafeInteger(near)) return near;
  const kept = value >> 11n;
  return Number((value & 2047n) === 0n ? kept : kept | 1n) * 2048;
}
