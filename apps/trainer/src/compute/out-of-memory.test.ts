import { expect, test } from 'vitest';
import { outOfMemory } from './out-of-memory.ts';

test.each([
  new WebAssembly.RuntimeError('memory access out of bounds'),
  new WebAssembly.RuntimeError('Aborted(). Build with -sASSERTIONS for more info.'),
  new RangeError('Array buffer allocation failed'),
  new RangeError('Invalid typed array length: 5000000000'),
])('%s is a lack of memory, and the way out is said', (error) => {
  expect(outOfMemory(error, 64)).toMatchObject({
    code: 'bad-config',
    message:
      `the engine ran out of memory (${error.message}) with 64 images at once: ` +
      'lower --shard, to 32 say (--batch may stay: it is summed up from shards)',
  });
  expect(outOfMemory(error, 1)?.message).toMatch(/with 1 image at once: choose a smaller network/);
});

test('other errors are not', () => {
  expect(outOfMemory(new RangeError('offset is out of bounds'), 2)).toBeUndefined();
  expect(outOfMemory('stopped', 2)).toBeUndefined();
});
