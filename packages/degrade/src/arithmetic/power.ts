import { exponential } from './exponential.ts';

const words = new DataView(new ArrayBuffer(8));

/**
 * `base` to the power of `exponent` from arithmetic that IEEE 754 fixes to the bit, which `Math.pow` is not. Agrees with
 * it to 1e-13 relative.
 *
 * @param base - A non-negative, finite number.
 * @param exponent - A positive number; base to this power must stay between 1e-307 and 1e307, or below (then it is 0).
 */
export function power(base: number, exponent: number): number {
  return base < 1e-300 ? 0 : exponential(exponent * naturalLog(base));
}

/** For normal numbers: ln m = 2 artanh((m - 1) / (m + 1)) of the mantissa. */
function naturalLog(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  words.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = words.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return exponent * Math.LN2 + 2 * s * sum;
}
