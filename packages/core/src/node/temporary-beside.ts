import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How names of unfinished files and folders begin, all of them beside the place that they will be renamed to. */
const prefix = '.tmp-';

/** A new, unused path beside `path`, which {@link removeTemporaries} finds if its writer dies. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `${prefix}${basename(path)}-${randomBytes(8).toString('hex')}`);
}

/** What the unfinished file or folder of that name was to be called; nothing for other names. */
export function nameOfTemporary(temporary: string): string | undefined {
  return /^\.tmp-(.+)-[\da-f]{16}$/s.exec(temporary)?.[1];
}

/**
 * Removes what a killed writer left unfinished in a folder. Only for a process that is the folder's one writer.
 *
 * @returns The names; none when there is no such folder. What cannot be removed stays.
 */
export async function removeTemporaries(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => name.startsWith(prefix));
  for (const name of stale)
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  return stale;
}
