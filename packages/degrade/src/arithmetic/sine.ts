// A quarter turn in two parts: the first has 20 trailing zero bits, so that its product with a small integer is exact.
const quarterHigh = 1.5707963267341256;
const quarterLow = 6.077100506506192e-11;

/**
 * The sine of an angle from additions, multiplications and divisions alone, whose results IEEE 754 fixes to the bit:
 * `Math.sin` may differ between JavaScript engines. Agrees with it to 1e-15.
 *
 * @param angle - Radians, between -1e5 and 1e5.
 */
export function sine(angle: number): number {
  return turned(angle, 0);
}

/** The cosine, as {@link sine}. */
export function cosine(angle: number): number {
  return turned(angle, 1);
}

/** The sine of the angle plus so many quarter turns. */
function turned(angle: number, quarters: number): number {
  const nearest = Math.round(angle / (Math.PI / 2));
  const rest = angle - nearest * quarterHigh - nearest * quarterLow;
  const quadrant = (nearest + quarters) & 3;
  const value = quadrant % 2 === 0 ? sineNearZero(rest) : cosineNearZero(rest);
  return quadrant < 2 ? value : -value;
}

/** |x| <= pi / 4, where nine terms pass double precision. */
function sineNearZero(x: number): number {
  let sum = 1;
  for (let n = 18; n >= 2; n -= 2) sum = 1 - (x * x * sum) / (n * (n + 1));
  return x * sum;
}

function cosineNearZero(x: number): number {
  let sum = 1;
  for (let n = 18; n >= 2; n -= 2) sum = 1 - (x * x * sum) / (n * (n - 1));
  return sum;
}
