import { expect, test } from 'vitest';
import { photographSquare } from './index.ts';

test.each([
  ['an aligned CelebA photograph', [178, 218], { left: 17, top: 54, side: 144 }],
  ['one of other proportions', [218, 178], { left: 20, top: 0, side: 178 }],
  ['one that is a pixel larger', [179, 218], { left: 0, top: 19, side: 179 }],
  ['a square', [64, 64], { left: 0, top: 0, side: 64 }],
] as const)('%s', (_, [width, height], square) => {
  expect(photographSquare({ width, height })).toEqual(square);
});
