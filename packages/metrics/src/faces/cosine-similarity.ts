import { invalid, SparnetError } from '@sparnet/core';

/**
 * The cosine of the angle between two vectors, -1 to 1.
 *
 * @throws SparnetError `bad-argument` when their lengths differ, or one is empty, zero or not finite.
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new SparnetError('bad-argument', `expected vectors of one length, got ${a.length} and ${b.length}`);
  }
  const cosine = inner(a, b) / Math.sqrt(inner(a, a)) / Math.sqrt(inner(b, b));
  if (!Number.isFinite(cosine)) throw invalid('vectors', 'finite vectors other than zero', cosine);
  return Math.min(1, Math.max(-1, cosine));
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
