import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporaryBeside } from './temporary-beside.ts';
import { writeError } from './write-error.ts';
import { flushFolder, writeFlushed } from './write-flushed.ts';

/**
 * Replaces a file as a whole: writes beside it, flushes to the disk, renames, flushes the folder. A reader, and a crash
 * at any moment, see the old content or the new, never a part.
 *
 * @throws SparnetError `missing-file` when the folder does not exist, `bad-file` when it cannot be written (disk full,
 *   permission); the old content stays and nothing is left beside it.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, file);
    await flushFolder(dirname(file));
  } catch (error) {
    // What cannot be removed stays: that must not hide the error.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(file, error);
  }
}
