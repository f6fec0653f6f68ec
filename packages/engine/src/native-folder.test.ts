import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { nativeFolder } from './native-folder.ts';

afterEach(() => vi.unstubAllEnvs());

test.runIf(process.platform === 'linux')('lies in the cache folder, one for each kind', () => {
  vi.stubEnv('XDG_CACHE_HOME', '/somewhere');
  expect(nativeFolder()).toBe(join('/somewhere', 'sparnet', 'native-tfjs-4.22.0-tensorflow-2.21.0'));
  expect(nativeFolder({ gpu: true })).toMatch(/-gpu$/);
});

test('there is none in a browser', () => {
  vi.stubGlobal('process', undefined);
  const found = nativeFolder();
  vi.unstubAllGlobals();
  expect(found).toBeUndefined();
});
