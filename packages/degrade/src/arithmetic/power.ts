import { exponential } from './exponential.ts';
import { naturalLog } from '@sparnet/core';

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
