import { expect, test } from 'vitest';
import { flatShard } from './flat-shard.ts';

const red = [255, 0, 0, 255, 0, 0];
const edge = [255, 0, 0, 255, 0, 1];

test.each([
  [[red, edge, red, red, red], 2, ['c', 'd']],
  [[red, edge, red, edge, red], 2, ['e']],
  [[red, edge, edge, red, edge], 2, []],
  [[red, red, red, red, edge], 8, []],
])('case %#: the first shard without any detail', (pictures, size, names) => {
  const batch = { input: Uint8Array.from(pictures.flat()), names: ['a', 'b', 'c', 'd', 'e'] };
  expect(flatShard(batch, { size })).toEqual(names);
});
