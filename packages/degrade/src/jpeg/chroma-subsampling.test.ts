import { expect, test } from 'vitest';
import { halveSides, halveWidth } from './chroma-subsampling.ts';
import { createPlane, replicateDown, replicateRight, type Plane } from './plane.ts';

test('half the width: ties fall and rise in turn', () => {
  expect(samples(halveWidth(padded([[0, 1, 0, 1, 0, 1, 0, 1]])))).toEqual([[0, 1, 0, 1]]);
  expect(samples(halveWidth(padded([[10, 20, 30, 50]])))).toEqual([[15, 40]]);
});

test('half the width and height: one and two of four are added in turn', () => {
  const plane = padded([
    [0, 1, 0, 1, 0, 1, 0, 1],
    [1, 0, 0, 1, 0, 0, 0, 0],
  ]);
  // (2 + 1) / 4, (2 + 2) / 4, (1 + 1) / 4, (1 + 2) / 4
  expect(samples(halveSides(plane))).toEqual([[0, 1, 0, 0]]);
});

test('an odd side is rounded up, its last sample counted twice', () => {
  const plane = padded([
    [4, 4, 8],
    [4, 4, 8],
    [0, 0, 20],
  ]);
  expect(samples(halveSides(plane))).toEqual([
    [4, 8],
    [0, 20],
  ]);
  expect(samples(halveWidth(plane))).toEqual([
    [4, 8],
    [4, 8],
    [0, 20],
  ]);
});

test('the padding right of the result keeps alternating', () => {
  const { data } = halveSides(
    padded([
      [0, 0],
      [1, 1],
    ]),
  );
  expect([...data.subarray(0, 8)]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
});

function padded(rows: number[][]): Plane {
  const plane = createPlane(rows[0]!.length, rows.length);
  rows.forEach((row, y) => plane.data.set(row, y * plane.stride));
  replicateRight(plane);
  replicateDown(plane);
  return plane;
}

function samples({ width, height, stride, data }: Plane): number[][] {
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * stride, y * stride + width)]);
}
