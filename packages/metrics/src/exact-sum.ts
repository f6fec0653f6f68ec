/**
 * A sum of finite numbers without rounding, as numbers that don't overlap and rise in size; empty for 0. Plain data, so
 * that it may be written as JSON.
 */
export type ExactSum = number[];

/** Adds a finite number to the sum, in place and without rounding (Shewchuk, 1997, Grow-Expansion). */
export function addExactly(sum: ExactSum, value: number): void {
  let kept = 0;
  let carried = value;
  for (const part of sum) {
    const total = carried + part;
    const lost = lostBy(carried, part, total);
    if (lost !== 0) sum[kept++] = lost;
    carried = total;
  }
  sum.length = kept;
  if (carried !== 0) sum.push(carried);
}

/** The double that is nearest to the sum, halves to even: a function of the numbers added, whatever their order. */
export function nearest(sum: Readonly<ExactSum>): number {
  let at = sum.length - 1;
  let total = sum[at] ?? 0;
  let rest = 0;
  while (rest === 0 && at > 0) {
    const larger = total;
    const part = sum[--at]!;
    total = larger + part;
    rest = lostBy(larger, part, total);
  }
  // A rest of exactly half a unit was rounded to even, but what lies below it decides on which side the sum is.
  const below = sum[at - 1] ?? 0;
  const doubled = total + 2 * rest;
  const isHalf = rest !== 0 && doubled - total === 2 * rest;
  return isHalf && Math.sign(rest) === Math.sign(below) ? doubled : total;
}

/** The same sum in the one form that all orders of adding lead to: equal sums are equal lists. */
export function canonical(sum: Readonly<ExactSum>): ExactSum {
  const parts: ExactSum = [];
  const rest = [...sum];
  while (rest.length > 0) {
    const part = nearest(rest);
    parts.unshift(part);
    addExactly(rest, -part);
  }
  return parts;
}

/** What rounding took from `a + b = total`, exactly. */
function lostBy(a: number, b: number, total: number): number {
  const ofB = total - a;
  return a - (total - ofB) + (b - ofB);
}
