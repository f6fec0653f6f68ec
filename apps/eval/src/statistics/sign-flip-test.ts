import { randomStream } from '@sparnet/core';

/** Random sign patterns of a test of many differences. */
const patterns = 10_000;
/** Up to this many differences, all sign patterns are tried. */
const exactUpTo = 13;

/**
 * The p-value of the paired permutation test that two methods are alike: if they were, each difference could as well
 * have had the other sign. Two-sided, on the sum of the differences: the share of sign patterns whose sum is at least
 * as far from zero. All patterns of up to 13 differences; else 10,000 random ones of a fixed seed besides the one that
 * was seen, so that the p-value is never below 1 / 10,001.
 *
 * @param differences - Finite, one a picture.
 */
export function signFlipTest(differences: Float64Array): number {
  const count = differences.length;
  if (count === 0) return 1;
  const seen = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  // Sums of the same numbers in another order differ by rounding.
  const least = seen - 1e-12 * differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const isExact = count <= exactUpTo;
  const total = isExact ? 2 ** count : patterns;
  const random = randomStream({ seed: 0, purpose: 'sign flips' });
  let asFar = 0;
  for (let pattern = 0; pattern < total; pattern++) {
    let sum = 0;
    let bits = pattern;
    for (let i = 0; i < count; i++) {
      if (!isExact && i % 32 === 0) bits = random.uint32();
      sum += bits & 1 ? differences[i]! : -differences[i]!;
      bits >>>= 1;
    }
    if (Math.abs(sum) >= least) asFar += 1;
  }
  return isExact ? asFar / total : (1 + asFar) / (1 + total);
}

/** p-values of several tests corrected by Holm's step-down method, in their order. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).toSorted((a, b) => pValues[a]! - pValues[b]!);
  const corrected = [...pValues];
  let greatest = 0;
  for (const [rank, index] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    corrected[index] = greatest;
  }
  return corrected;
}
