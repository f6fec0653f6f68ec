import { SparnetError, isSparnetError } from '@sparnet/core';
import { loadModel, type Sparnet } from '@sparnet/models';

/**
 * `loadModel` for a file that somebody has named on the command line.
 *
 * @throws SparnetError `missing-file` that says what to name when there is no such file; else as `loadModel`.
 */
export async function loadModelFile(file: string): Promise<Sparnet> {
  try {
    return await loadModel(file);
  } catch (cause) {
    if (!isSparnetError(cause, 'missing-file') || !isNotThere(cause.cause)) throw cause;
    throw new SparnetError(
      'missing-file',
      `no model file ${file}; name the .safetensors file of a network, such as model.safetensors of a training`,
      { cause },
    );
  }
}

function isNotThere(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
