import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file below a folder. */
export interface ListedFile {
  /** The path relative to the folder, with `/` between its parts on every platform. */
  name: string;
  /** Bytes. */
  size: number;
}

/**
 * All files below a folder whose names `accept` takes, sorted by the code units of their relative paths, so that the
 * order is the same on every file system. Names that begin with a dot are left out; links are followed, but never
 * in a circle.
 */
export async function listFiles(folder: string, accept: (name: string) => boolean): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  await visit('', []);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  async function visit(inside: string, above: readonly string[]): Promise<void> {
    const here = await realpath(join(folder, inside));
    if (above.includes(here)) return;
    for (const entry of await readdir(here, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      // A link to nowhere is passed over, as `find` does.
      if (entry.isDirectory()) await visit(name, [...above, here]);
      else if (entry.isSymbolicLink() || accept(name)) {
        const target = await stat(join(here, entry.name)).catch(() => undefined);
        if (target?.isDirectory()) await visit(name, [...above, here]);
        else if (target?.isFile() && accept(name)) found.push({ name, size: target.size });
      }
    }
  }
}
