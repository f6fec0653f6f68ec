const words = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm from additions, multiplications and divisions alone, whose results IEEE 754 fixes to the bit.
 * `Math.log` may differ between JavaScript engines by an ulp, which would break reproducible random numbers.
 * Agrees with it to 4e-16 relative.
 *
 * @param x - A positive, finite, normal number.
 */
export function naturalLog(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  words.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = words.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)); |s| < 0.172, so 12 terms pass double precision.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return exponent * Math.LN2 + 2 * s * sum;
}
