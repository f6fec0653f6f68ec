import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withWholePaths } from './whole-paths.ts';

test('paths begin at the root; the name of a published model becomes the path of its file', () => {
  expect(withWholePaths({ data: ['a'], init: 'b/model.pth', steps: 3 })).toEqual({
    data: [resolve('a')],
    init: resolve('b/model.pth'),
    steps: 3,
  });
  const { init } = withWholePaths({ init: 'sparnethd-128' });
  expect(init).toMatch(/pretrained.weights.sparnethd-128\.safetensors$/);
  expect(existsSync(init)).toBe(true);
  expect(withWholePaths({ teacher: 'sparnethd-128' })).toEqual({ teacher: init });
});
