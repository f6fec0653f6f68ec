import { defineConfig } from 'tsup';

/** How every package is built: ESM and types, one file an entry, nothing of its dependencies bundled. */
export function packageBuild(entry: string[]) {
  return defineConfig({
    entry,
    format: ['esm'],
    target: 'node20',
    platform: 'neutral',
    // tsup 8.5 sets 'baseUrl' itself, which TypeScript 6 only accepts with this.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    clean: true,
  });
}
