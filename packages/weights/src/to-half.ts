/**
 * The float16 bit patterns of float32 values, as the data of an `F16` tensor: rounded to the nearest, ties to even.
 * Values from 65520 up overflow to infinity, those below 2^-14 become subnormal, NaN stays NaN. Agrees with NumPy.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, halfOf);
}

function halfOf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff); // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and up
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13); // a carry may raise the exponent
  if (magnitude < 0x33000000) return sign; // below 2^-25, half of the smallest subnormal
  const significand = (magnitude & 0x7fffff) | 0x800000;
  return sign | roundedShift(significand, 126 - (magnitude >>> 23));
}

/** `value` / 2^`shift`, rounded to the nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
