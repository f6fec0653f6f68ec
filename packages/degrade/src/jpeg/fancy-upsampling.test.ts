import { expect, test } from 'vitest';
import { doubleSides, doubleWidth } from './fancy-upsampling.ts';
import { createPlane, type Plane } from './plane.ts';

test('twice the width: three parts of the nearer sample, one of the farther', () => {
  expect(doubled(doubleWidth, [[0, 40, 80]], 6, 1)).toEqual([[0, 10, 30, 50, 70, 80]]);
});

test('twice the width: halves fall on the left and rise on the right', () => {
  // 3 * 2 + 0 = 6 and 3 * 2 + 4 = 10, over 4
  expect(doubled(doubleWidth, [[0, 2, 4]], 6, 1)).toEqual([[0, 1, 1, 3, 3, 4]]);
});

test('twice the width and height', () => {
  const rows = [
    [0, 64, 128],
    [64, 128, 192],
  ];
  expect(doubled(doubleSides, rows, 6, 4)).toEqual([
    [0, 16, 48, 80, 112, 128],
    [16, 32, 64, 96, 128, 144],
    [48, 64, 96, 128, 160, 176],
    [64, 80, 112, 144, 176, 192],
  ]);
});

test('twice the width and height: halves rise on the left and fall on the right', () => {
  // Sums of columns 0, 8, 16: 3 * 8 + 0 = 24 and 3 * 8 + 16 = 40, over 16
  expect(doubled(doubleSides, [[0, 2, 4]], 6, 1)).toEqual([[0, 0, 2, 2, 4, 4]]);
});

test.each([
  { double: doubleWidth, rows: [[10, 90]], expected: [[10, 10, 90]] },
  {
    double: doubleSides,
    rows: [[10], [90]],
    expected: [
      [10, 10],
      [10, 10],
      [90, 90],
    ],
  },
])('fewer than three samples in a row are repeated ($double.name)', ({ double, rows, expected }) => {
  expect(doubled(double, rows, expected[0]!.length, expected.length)).toEqual(expected);
});

function doubled(
  double: (source: Plane, target: Plane) => void,
  rows: number[][],
  width: number,
  height: number,
): number[][] {
  const source = createPlane(rows[0]!.length, rows.length);
  rows.forEach((row, y) => source.data.set(row, y * source.stride));
  const target = createPlane(width, height);
  double(source, target);
  const { data, stride } = target;
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * stride, y * stride + width)]);
}
