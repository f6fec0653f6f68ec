// How many bytes a project gets with a package.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Bytes of all files below `node_modules`: those of @sparnet and all, and the others apart, the largest first. Packages
 * of one scope count as one (sharp brings its binaries as @img).
 */
export function installedSizes(project) {
  const modules = join(project, 'node_modules');
  const sizes = readdirSync(modules)
    .filter((name) => !name.startsWith('.') && statSync(join(modules, name)).isDirectory())
    .map((name) => [name, bytesIn(join(modules, name))]);
  const apart = sizes.filter(([name]) => name !== '@sparnet').toSorted((a, b) => b[1] - a[1]);
  const ours = sizes.find(([name]) => name === '@sparnet')[1];
  return { ours, installed: apart.reduce((sum, [, bytes]) => sum + bytes, ours), apart };
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** 1234567 bytes as '1,234,567 bytes'. */
export function inBytes(count) {
  return `${count.toLocaleString('en')} bytes`;
}
