import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { nativeVersions } from '../native-folder.ts';

/** What tells that a folder was made by the command `install`. */
const marker = 'sparnet-native.json';

/** All that an installation has in its folder. */
const made = new Set([marker, 'library', 'node_modules', 'package-lock.json', 'package.json']);

/** Mark a folder, before anything else is put there, as one that may be removed and replaced. */
export function markOwn(folder: string): void {
  writeFileSync(join(folder, marker), `${JSON.stringify(nativeVersions)}\n`);
}

/**
 * Check that nobody's files are lost with a folder: it is absent, empty, or holds an installation and nothing else.
 *
 * @throws SparnetError `bad-argument` for any other, with what is in it.
 */
export function checkOwn(folder: string): void {
  const foreign = foreignIn(folder);
  if (foreign === undefined) return;
  throw new SparnetError(
    'bad-argument',
    `${folder} is not, or not only, an installation of native TensorFlow (${foreign}): it is left as it is; ` +
      'name another folder by --dir, or empty this one yourself',
  );
}

/** What is not ours in a folder, in words. */
function foreignIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return 'it is no folder that can be read';
  }
  const other = names.find((name) => !made.has(name));
  if (other !== undefined) return `it has ${other}`;
  if (names.length === 0 || names.includes(marker) || isOlder(folder)) return undefined;
  return `it has no ${marker}`;
}

/** Installations had no marker once, but the package.json that `install` writes and npm extends. */
function isOlder(folder: string): boolean {
  try {
    const { private: hidden, dependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as { private?: boolean; dependencies?: Record<string, string> };
    const names = Object.keys(dependencies);
    return (
      hidden === true && names.length === 1 && /^@tensorflow\/tfjs-node(-gpu)?$/.test(names[0] as string)
    );
  } catch {
    return false;
  }
}
