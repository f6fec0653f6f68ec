import { expect, test } from 'vitest';
import { faceSquare } from './face-square.ts';

const photo = { width: 640, height: 480 };

test('the square is 1.25 times as high as the face, about its centre', () => {
  const face = { left: 100.2, top: 120.4, right: 180.2, bottom: 240.4 };
  expect(faceSquare(face, photo)).toEqual({ left: 65, top: 105, side: 150 });
});

test('faces that are cut off or too small give none', () => {
  expect(faceSquare({ left: 10, top: 120, right: 90, bottom: 240 }, photo)).toBeUndefined();
  expect(faceSquare({ left: 300, top: 370, right: 380, bottom: 470 }, photo)).toBeUndefined();
  expect(faceSquare({ left: 100, top: 100, right: 150, bottom: 170 }, photo)).toBeUndefined();
});
