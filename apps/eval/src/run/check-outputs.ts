import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SparnetError } from '@sparnet/core';

/**
 * Checks before long work that its results will have a place.
 *
 * @throws SparnetError `missing-file` for a file whose folder isn't there, `bad-file` for one that is a folder.
 */
export async function checkOutputs(files: readonly (string | undefined)[]): Promise<void> {
  for (const file of files.filter((path) => path !== undefined)) {
    if (!(await isFolder(dirname(file))))
      throw new SparnetError(
        'missing-file',
        `${file}: the folder ${dirname(file)} does not exist; make it first`,
      );
    if (await isFolder(file)) throw new SparnetError('bad-file', `${file}: is a folder; name a file`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
