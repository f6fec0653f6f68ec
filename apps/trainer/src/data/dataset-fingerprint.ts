import { createHash } from 'node:crypto';
import type { Dataset } from './dataset.ts';

/**
 * The SHA-256 (hex) of a data set's names, sizes and boxes in their order: a run that resumes with another one would
 * not go on as it began. Contents are not read.
 */
export function datasetFingerprint(dataset: Dataset): string {
  const hash = createHash('sha256');
  for (const [index, name] of dataset.names.entries()) {
    hash.update(
      `${name}\0${dataset.sizes[index]}\0${dataset.boxes.subarray(4 * index, 4 * index + 4).join(',')}\n`,
    );
  }
  return hash.digest('hex');
}
