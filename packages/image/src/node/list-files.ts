import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file below a folder. */
export interface ListedFile {
  /** The path relative to the folder, with `/` between its parts on every platform. */
  name: string;
  /** Bytes. */
  size: number;
}

/** A link to a folder, which is followed when all that is really there has been seen. */
interface Link {
  name: string;
  target: string;
}

/**
 * All files below a folder whose names `accept` takes, sorted by the code units of their relative paths, so that the
 * order is the same on every file system. Names that begin with a dot are left out. Links are followed, but every folder
 * is listed once: under its own path if that lies below, else under the first link that leads to it.
 */
export async function listFiles(folder: string, accept: (name: string) => boolean): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  const seen = new Set<string>();
  let links: Link[] = [{ name: '', target: await realpath(folder) }];
  while (links.length > 0) {
    const next: Link[] = [];
    for (const { name, target } of links.toSorted(byName)) await visit(name, target, next);
    links = next;
  }
  return found.toSorted(byName);

  async function visit(inside: string, here: string, met: Link[]): Promise<void> {
    if (seen.has(here)) return;
    seen.add(here);
    for (const entry of await readdir(here, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const path = join(here, entry.name);
      if (entry.isDirectory()) await visit(name, path, met);
      else if (entry.isSymbolicLink() || accept(name)) {
        // A link to nowhere is passed over, as `find` does.
        const target = await stat(path).catch(() => undefined);
        if (target?.isDirectory()) met.push({ name, target: await realpath(path) });
        else if (target?.isFile() && accept(name)) found.push({ name, size: target.size });
      }
    }
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
