import { createImage, rotateQuarterTurns, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { noise } from './image-fixture.ts';
import { alignFace, fivePointsOf68, type FivePoints, type Point } from './index.ts';
import { similarityTransform } from './similarity-transform.ts';

/** Where the template has its points in a picture of 512 pixels. */
const places: FivePoints = [
  { x: 192.98, y: 239.95 },
  { x: 318.9, y: 240.19 },
  { x: 256.63, y: 314.02 },
  { x: 201.26, y: 371.41 },
  { x: 313.09, y: 371.15 },
];

test('a face that is in its place stays as it is', () => {
  const image = noise({ width: 64, height: 64, channels: 3, seed: 1 });
  expect(alignFace(image, scaled(places, 1 / 8), { size: 64 })).toEqual(image);
});

test('a face that lies on its side is turned upright', () => {
  const image = noise({ width: 32, height: 32, channels: 1, seed: 1 });
  const clockwise = rotateQuarterTurns(image, 1);
  const points = map(scaled(places, 1 / 16), ({ x, y }) => ({ x: 32 - y, y: x }));
  expect(alignFace(clockwise, points, { size: 32 })).toEqual(image);
});

test('a face is moved by parts of a pixel, and enlarged, by linear interpolation', () => {
  const ramp = picture(40, 30, (x, y) => 3 * x + 2 * y);
  const moved = alignFace(
    ramp,
    map(scaled(places, 1 / 64), ({ x, y }) => ({ x: x + 10.25, y: y + 7 })),
    { size: 8 },
  );
  expect(moved).toEqual(picture(8, 8, (x, y) => Math.round(3 * (x + 10.25) + 2 * (y + 7))));
  const enlarged = alignFace(
    ramp,
    map(scaled(places, 1 / 64), ({ x, y }) => ({ x: x + 8, y: y + 8 })),
    { size: 16 },
  );
  expect(enlarged.data[5 * 16 + 9]).toBe(Math.round(3 * (8 + 9.5 / 2 - 0.5) + 2 * (8 + 5.5 / 2 - 0.5)));
});

test('outside the image its edge is repeated', () => {
  const image = picture(4, 4, (x) => 10 + x);
  const aligned = alignFace(
    image,
    map(scaled(places, 1 / 64), ({ x, y }) => ({ x: x - 100, y })),
    { size: 8 },
  );
  expect(new Set(aligned.data)).toEqual(new Set([10]));
});

test('the transform agrees with scikit-image', () => {
  const points = [
    { x: 30.5, y: 41.2 },
    { x: 75.1, y: 38.9 },
    { x: 54, y: 66.3 },
    { x: 36.2, y: 88.8 },
    { x: 72.4, y: 85.1 },
  ];
  const { cos, sin, left, top } = similarityTransform(points, scaled(places, 1 / 4));
  expect(cos).toBeCloseTo(0.71146899, 7);
  expect(sin).toBeCloseTo(0.03193691, 7);
  expect(left).toBeCloseTo(28.02568188, 7);
  expect(top).toBeCloseTo(29.54620011, 7);
});

test('a transform is found again from what it does to any points', () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  const transform = fc
    .record({ cos: number, sin: number, left: number, top: number })
    .filter(({ cos, sin }) => Math.hypot(cos, sin) > 0.01);
  fc.assert(
    fc.property(transform, ({ cos, sin, left, top }) => {
      const moved = places.map(({ x, y }) => ({ x: cos * x - sin * y + left, y: sin * x + cos * y + top }));
      const found = similarityTransform(places, moved);
      expect(found.cos).toBeCloseTo(cos, 9);
      expect(found.sin).toBeCloseTo(sin, 9);
      expect(found.left).toBeCloseTo(left, 7);
      expect(found.top).toBeCloseTo(top, 7);
    }),
  );
});

test('five of the 68 landmarks', () => {
  const landmarks = Array.from({ length: 68 }, (_, i) => ({ x: i, y: 100 - i }));
  expect(fivePointsOf68(landmarks)).toEqual([
    { x: 38.5, y: 61.5 },
    { x: 44.5, y: 55.5 },
    { x: 30, y: 70 },
    { x: 48, y: 52 },
    { x: 54, y: 46 },
  ]);
  expect(() => fivePointsOf68(landmarks.slice(1))).toThrow('expected 68 points for landmarks, got 67');
});

test('what fixes no face is refused', () => {
  const image = noise({ width: 8, height: 8, channels: 3, seed: 1 });
  const one = map(places, () => ({ x: 3, y: 4 }));
  const lost = map(places, ({ x }) => ({ x, y: Number.NaN }));
  expect(() => alignFace(image, one, { size: 8 })).toThrow(
    'finite points that lie apart for points, got ["(3, 4)"',
  );
  expect(() => alignFace(image, lost, { size: 8 })).toThrow('finite points');
  expect(() => alignFace(image, places.slice(1) as never, { size: 8 })).toThrow(
    'five points for points, got 4',
  );
  expect(() => alignFace(image, places, { size: 0 })).toThrow('for size, got 0');
  expect(() => alignFace(createImage({ width: 8, height: 8, channels: 4 }), places, { size: 8 })).toThrow(
    'toRgb',
  );
});

function map(points: FivePoints, change: (point: Point) => Point): FivePoints {
  return points.map(change) as unknown as FivePoints;
}

function scaled(points: FivePoints, factor: number): FivePoints {
  return map(points, ({ x, y }) => ({ x: x * factor, y: y * factor }));
}

function picture(width: number, height: number, level: (x: number, y: number) => number): Image {
  const data = Uint8Array.from({ length: width * height }, (_, i) => level(i % width, Math.floor(i / width)));
  return createImage({ width, height, channels: 1, data });
}
