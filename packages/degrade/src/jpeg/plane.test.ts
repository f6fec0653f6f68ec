import { expect, test } from 'vitest';
import { createPlane, replicateDown, replicateRight } from './plane.ts';

test.each([
  { size: 1, padded: 16 },
  { size: 16, padded: 16 },
  { size: 17, padded: 32 },
])('a side of $size takes $padded samples', ({ size, padded }) => {
  const plane = createPlane(size, size);
  expect(plane).toMatchObject({ width: size, height: size, stride: padded });
  expect(plane.data).toHaveLength(padded * padded);
});

test('the last column is repeated to the right, then the last row down', () => {
  const plane = createPlane(2, 2);
  plane.data.set([1, 2]);
  plane.data.set([3, 4], plane.stride);
  replicateRight(plane);
  replicateDown(plane);
  const rows = Array.from({ length: 16 }, (_, y) => [...plane.data.subarray(16 * y, 16 * y + 16)]);
  expect(rows[0]).toEqual([1, ...Array<number>(15).fill(2)]);
  rows.slice(1).forEach((row) => expect(row).toEqual([3, ...Array<number>(15).fill(4)]));
});
