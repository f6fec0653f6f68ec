import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileSimd, modules } from './compile-simd.mjs';

test.each(modules)('$file.pathname is what its source compiles to', async ({ folder, file }) => {
  const { source } = await compileSimd(folder);
  expect(await readFile(file, 'utf8')).toBe(source);
});
