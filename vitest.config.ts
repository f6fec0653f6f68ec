import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const source = '@sparnet/source';
const preload = fileURLToPath(new URL('./scripts/ts.mjs', import.meta.url));

export default defineConfig({
  // Workspace packages are inlined from source; everything in node_modules stays with Node.
  resolve: { conditions: [source, ...defaultServerConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', 'vectors/src/**/*.test.ts', 'scripts/*.test.mjs'],
    reporters: ['default', './scripts/plain-reporter.mjs'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000, // two shared cores
    // What somebody has fetched or installed decides no test.
    env: { XDG_CACHE_HOME: join(tmpdir(), 'sparnet-test-cache') },
    deps: { interopDefault: false }, // a default import of CommonJS means the same as in Node
    // For worker_threads that a test starts on TypeScript source.
    execArgv: [`--import=${preload}`, `--conditions=${source}`],
    coverage: {
      provider: 'v8',
      include: ['{packages,apps}/*/src/**/*.ts', 'vectors/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.browser.ts'],
      reporter: ['text', 'lcov'],
    },
  },
});
