import { isSparnetError, type SparnetError } from '@sparnet/core';

/** True for the errors that concern one picture only, which a data set may be spared: it is skipped and reported. */
export function isUnreadable(error: unknown): error is SparnetError {
  return (
    isSparnetError(error, 'bad-image') ||
    isSparnetError(error, 'bad-file') ||
    isSparnetError(error, 'missing-file')
  );
}
