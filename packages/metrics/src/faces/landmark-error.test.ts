import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Point } from '../five-points.ts';
import { landmarkError } from './landmark-error.ts';

const square: Point[] = [
  { x: 10, y: 10 },
  { x: 50, y: 10 },
  { x: 50, y: 50 },
  { x: 10, y: 50 },
];
const moved = (points: Point[], dx: number, dy: number) =>
  points.map(({ x, y }) => ({ x: x + dx, y: y + dy }));
const sixtyEight = Array.from({ length: 68 }, (_, i) => ({ x: (i * 7) % 31, y: (i * 5) % 29 }));

test('the mean distance over the square root of the area of the box', () => {
  expect(landmarkError(square, square)).toBe(0);
  expect(landmarkError(square, moved(square, 3, 4))).toBe(5 / 40);
  const wide = square.map(({ x, y }) => ({ x: 4 * x, y }));
  expect(landmarkError(wide, moved(wide, 0, 8))).toBe(8 / 80);
  const one = [...square.slice(0, 3), { x: 10, y: 90 }];
  expect(landmarkError(square, one)).toBe(10 / 40);
});

test('or over the distance of the outer corners of the eyes', () => {
  const truth = sixtyEight.with(36, { x: 40, y: 60 }).with(45, { x: 100, y: 60 });
  expect(landmarkError(truth, moved(truth, 0, -6), { norm: 'inter-ocular' })).toBeCloseTo(0.1, 12);
  expect(() => landmarkError(square, square, { norm: 'inter-ocular' })).toThrow('68 points for the norm');
});

test('the size is that of the true face, and a larger picture of both has the same error', () => {
  const points = fc.array(
    fc.record({ x: fc.integer({ min: 0, max: 99 }), y: fc.integer({ min: 0, max: 99 }) }),
    {
      minLength: 4,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(points, fc.integer({ min: 2, max: 9 }), (found, factor) => {
      const larger = (set: Point[]) => set.map(({ x, y }) => ({ x: factor * x + 5, y: factor * y - 5 }));
      const error = landmarkError(square, found);
      expect(landmarkError(larger(square), larger(found))).toBeCloseTo(error, 12);
      expect(landmarkError(larger(square), moved(larger(square), 8, 6))).toBeCloseTo(10 / (40 * factor), 12);
    }),
    { seed: 6 },
  );
});

test('wrong arguments are named', () => {
  expect(() => landmarkError(square, square.slice(1))).toThrow('got 4 and 3');
  expect(() => landmarkError([], [])).toThrow('got 0 and 0');
  expect(() => landmarkError(square, moved(square, NaN, 0))).toThrow('finite points');
  expect(() => landmarkError([square[0]!, square[1]!], [square[0]!, square[1]!])).toThrow(
    'not all on one line',
  );
  // @ts-expect-error a norm that doesn't exist
  expect(() => landmarkError(square, square, { norm: 'nose' })).toThrow(
    'one of face-box, inter-ocular for norm',
  );
});
