import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SparnetError, isSparnetError } from '@sparnet/core';

/** How names of unfinished files and folders begin, all of them beside the place where they will be renamed to. */
const temporaryPrefix = '.tmp-';

/**
 * Replaces a file as a whole: writes beside it, flushes to the disk, renames, flushes the folder. A reader and a crash
 * at any moment see the old content or the new, never a part.
 *
 * @throws SparnetError `bad-file` when it cannot be written (disk full, permission); the old content stays.
 */
export async function writeAtomic(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, file);
    await flushFolder(dirname(file));
  } catch (error) {
    await removeQuietly(temporary);
    throw writeError(file, error);
  }
}

/** A new, unused path beside `path`, which {@link removeTemporaries} finds if its writer dies. */
export function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  return join(dirname(path), `${temporaryPrefix}${basename(path)}-${unique}`);
}

/** Writes a new file and returns when its content is on the disk. Fails when the file is there. */
export async function writeFlushed(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames and new names in a folder durable. Does nothing on Windows, which has no such call. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes what a killed writer left unfinished in a folder. Only for a process that is the folder's one writer.
 *
 * @returns The names removed; none when there is no such folder.
 */
export async function removeTemporaries(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => name.startsWith(temporaryPrefix));
  for (const name of stale) await removeQuietly(join(folder, name));
  return stale;
}

/** Removes a file or folder, whether or not it is there. What cannot be removed stays: never hides another error. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** The error for a file that could not be written, with the system's reason. */
export function writeError(file: string, cause: unknown): SparnetError {
  if (isSparnetError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SparnetError(
    'bad-file',
    `${file}: could not be written (${reason}); free space or allow writing there, then try again`,
    { cause },
  );
}
