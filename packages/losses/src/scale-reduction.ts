import { SparnetError, checkOneOf } from '@sparnet/core';
import { add, scaleBy } from '@sparnet/engine';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * How the terms of K discriminators, which see the image at K scales, become one number: `released` divides their sum by
 * K, as the released code does; `paper` sums them, as equations 8 to 10 do.
 */
export const scaleReductions = ['released', 'paper'] as const;
export type ScaleReduction = (typeof scaleReductions)[number];

/** The terms of all scales as one. */
export function overScales(terms: readonly tf.Scalar[], reduction: ScaleReduction): tf.Scalar {
  checkOneOf('reduction', reduction, scaleReductions);
  const sum = terms.reduce((a, b) => add(a, b));
  return reduction === 'paper' ? sum : scaleBy(sum, 1 / terms.length);
}

/** @throws SparnetError `bad-argument` unless both have as many scales, one at least. */
export function checkScales(real: readonly unknown[], fake: readonly unknown[]): void {
  if (real.length === fake.length && real.length > 0) return;
  throw new SparnetError(
    'bad-argument',
    `expected real and fake of as many scales, one at least, got ${real.length} and ${fake.length}`,
  );
}
