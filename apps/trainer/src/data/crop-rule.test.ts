import type { Square } from '@sparnet/image';
import { expect, test } from 'vitest';
import { cropRule } from './crop-rule.ts';

test.each<[string, { width: number; height: number; box?: number[] }, Square]>([
  ['an aligned CelebA picture', { width: 178, height: 218 }, { left: 17, top: 54, side: 144 }],
  [
    'a box comes before that',
    { width: 178, height: 218, box: [1, 2, 31, 32] },
    { left: 1, top: 2, side: 30 },
  ],
  ['any other picture', { width: 218, height: 178 }, { left: 20, top: 0, side: 178 }],
  ['a box that is too long', { width: 40, height: 40, box: [0, 10, 10, 30] }, { left: 0, top: 10, side: 20 }],
  [
    'a box longer than the picture is wide',
    { width: 20, height: 90, box: [0, 5, 20, 85] },
    { left: 0, top: 35, side: 20 },
  ],
])('%s', (_, { box, ...size }, square) => {
  const [left = 0, top = 0, right = 0, bottom = 0] = box ?? [];
  expect(cropRule({ ...size, box: box && { left, top, right, bottom } })).toEqual(square);
});

test('a box outside the picture is refused', () => {
  const box = { left: 0, top: 0, right: 11, bottom: 10 };
  expect(() => cropRule({ width: 10, height: 10, box })).toThrow(
    "(0, 0, 11, 10) doesn't lie inside the picture of 10x10",
  );
});
