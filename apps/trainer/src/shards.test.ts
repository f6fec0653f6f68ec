import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardsOf } from './shards.ts';

test('shards hold every image once, in order, the last of them what is left', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 }), (images, size) => {
      const hr = Uint8Array.from({ length: images * 3 }, (_, i) => i);
      const input = Uint8Array.from({ length: images * 2 }, (_, i) => 255 - i);
      const shards = shardsOf({ hr, input }, { images, size });
      expect(shards.map(({ count }) => count)).toEqual([
        ...Array.from({ length: Math.floor(images / size) }, () => size),
        ...(images % size > 0 ? [images % size] : []),
      ]);
      expect(Buffer.concat(shards.map(({ target }) => target)).equals(hr)).toBe(true);
      expect(Buffer.concat(shards.map((shard) => shard.input)).equals(input)).toBe(true);
      for (const { count, target } of shards) expect(target).toHaveLength(3 * count);
    }),
  );
});
