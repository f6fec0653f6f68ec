import { SparnetError } from '@sparnet/core';
import type { EvaluationResult } from './result.ts';

/** The error of an evaluation in which pictures were skipped and none was measured; undefined for another. */
export function nothingMeasured({
  images,
  skipped: [first, ...others],
}: Pick<EvaluationResult, 'images' | 'skipped'>): SparnetError | undefined {
  if (images.length > 0 || !first) return undefined;
  return new SparnetError(
    'no-data',
    `none of the ${others.length + 1} pictures could be measured; the first, ${first.name}: ${first.reason}`,
  );
}
