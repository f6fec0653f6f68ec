import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SparnetError } from '../sparnet-error.ts';

/**
 * Makes a folder and those above it that are missing. (Node's own `recursive` goes round in circles for ever in a file
 * system such as /proc, where a folder can't be made although the one above is there.)
 *
 * @returns Those that it made, from the top.
 * @throws SparnetError `bad-file` when it cannot be made, or a file is in its place.
 */
export async function makeFolder(folder: string): Promise<string[]> {
  try {
    return await make(folder);
  } catch (error) {
    throw new SparnetError(
      'bad-file',
      `${folder}: this folder cannot be made (${(error as Error).message}); choose another, or allow writing there`,
      { cause: error },
    );
  }
}

async function make(folder: string): Promise<string[]> {
  if (await isFolder(folder)) return [];
  const above = dirname(folder) === folder ? [] : await make(dirname(folder));
  try {
    await mkdir(folder);
    return [...above, folder];
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
    return above; // somebody else has made it meanwhile
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
