import { dirname } from 'node:path';
import { SparnetError, isSparnetError } from '../sparnet-error.ts';

/**
 * The error for a file or folder that could not be written, with the system's reason: `missing-file` when the folder it
 * belongs in is not there, else `bad-file`. A `SparnetError` is given back as it is.
 */
export function writeError(file: string, cause: unknown): SparnetError {
  if (isSparnetError(cause)) return cause;
  if ((cause as { code?: unknown }).code === 'ENOENT') {
    const message = `${file}: cannot be written, for the folder ${dirname(file)} does not exist`;
    return new SparnetError('missing-file', message, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SparnetError(
    'bad-file',
    `${file}: cannot be written (${reason}); free space or allow writing there, then try again`,
    { cause },
  );
}
