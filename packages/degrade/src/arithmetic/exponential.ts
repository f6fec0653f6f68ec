// ln 2 in two parts: the first has 32 trailing zero bits, so that its product with a small integer is exact.
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

const words = new DataView(new ArrayBuffer(8));

/**
 * e to the power of x from additions, multiplications and divisions alone, whose results IEEE 754 fixes to the bit:
 * `Math.exp` may differ between JavaScript engines. Agrees with it to 4e-16 relative; below -708 it is 0.
 *
 * @param x - A number up to 709.
 */
export function exponential(x: number): number {
  if (x < -708) return 0;
  const power = Math.round(x / Math.LN2);
  const rest = x - power * ln2High - power * ln2Low;
  // |rest| < 0.35, so 14 terms pass double precision.
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (rest * sum) / n;
  words.setUint32(0, (power + 1023) << 20);
  return sum * words.getFloat64(0);
}
