import { checkNumber } from '@sparnet/core';

/** Elements added up before their sum joins the total: fixed, so that the result never depends on a worker count. */
const chunk = 4096;

/**
 * The L2 norm over all elements of all `gradients`, added up in float64 in an order that only the lengths fix.
 * Not finite when an element is not finite.
 */
export function globalNorm(gradients: readonly Float32Array[]): number {
  let total = 0;
  for (const vector of gradients) {
    for (let start = 0; start < vector.length; start += chunk) {
      total += squaredSum(vector, start, Math.min(start + chunk, vector.length));
    }
  }
  return Math.sqrt(total);
}

/**
 * Scales all `gradients` in place so that their global L2 norm is at most `maxNorm`, as PyTorch's `clip_grad_norm_`
 * does (factor maxNorm / (norm + 1e-6), at most 1). Gradients with a norm that is not finite are left alone: the
 * caller sees it in the result.
 *
 * @param maxNorm - Of at least 0.
 * @returns The norm before clipping.
 * @throws SparnetError `bad-argument` when `maxNorm` is out of range.
 */
export function clipGradients(gradients: readonly Float32Array[], maxNorm: number): number {
  checkNumber('maxNorm', maxNorm, 0);
  const norm = globalNorm(gradients);
  const factor = maxNorm / (norm + 1e-6);
  if (factor >= 1 || !Number.isFinite(norm)) return norm;
  for (const vector of gradients) {
    for (let i = 0; i < vector.length; i++) (vector[i] as number) *= factor;
  }
  return norm;
}

function squaredSum(vector: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) {
    const value = vector[i] as number;
    sum += value * value;
  }
  return sum;
}
