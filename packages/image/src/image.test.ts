import { isSparnetError } from '@sparnet/core';
import { expect, test } from 'vitest';
import {
  checkImage,
  createImage,
  crop,
  flipHorizontal,
  fromImageData,
  rotateQuarterTurns,
  sideBySide,
  toGrey,
  toRgb,
  type Image,
} from './index.ts';

test('an image without data is black and has room for every sample', () => {
  expect(createImage({ width: 3, height: 2, channels: 4 }).data).toEqual(new Uint8Array(24));
});

test.each([
  [{ width: 0, height: 2, channels: 3 }, 'for image.width, got 0'],
  [{ width: 2, height: 1.5, channels: 3 }, 'for image.height, got 1.5'],
  [{ width: 2, height: 2, channels: 2 }, 'expected 1, 3 or 4 for image.channels, got 2'],
  [{ width: 70_000, height: 70_000, channels: 1 }, 'for image.height, got 70000'],
  [{ width: 2, height: 2, channels: 1, data: [1, 2, 3, 4] }, 'expected Uint8Array or Uint8ClampedArray'],
  [
    { width: 2, height: 2, channels: 1, data: new Uint8Array(5) },
    '2 x 2 x 1 = 4 samples for image.data, got 5',
  ],
])('%o is refused', (wrong, message) => {
  const made = () => createImage(wrong as Image);
  expect(made).toThrow(message);
  expect(codeOf(made)).toBe('bad-image');
});

test('what is no image is refused by its name', () => {
  expect(() => checkImage(null as unknown as Image, 'face')).toThrow(
    'expected an image { width, height, channels, data } for face, got null',
  );
  expect(() => checkImage({ width: 1, height: 1, channels: 3, data: new Uint8Array(4) }, 'face')).toThrow(
    '1 x 1 x 3 = 3 samples for face.data, got 4',
  );
});

test('the picture of a canvas is an image over the same memory', () => {
  const data = new Uint8ClampedArray(8);
  const image = fromImageData({ width: 2, height: 1, data });
  expect(image.channels).toBe(4);
  expect(image.data).toBe(data);
});

test('crop copies the rectangle', () => {
  const source = grey([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  expect(crop(source, { left: 1, top: 0, width: 2, height: 2 })).toEqual(
    grey([
      [2, 3],
      [5, 6],
    ]),
  );
  expect(() => crop(source, { left: 2, top: 0, width: 2, height: 2 })).toThrow(
    'expected rectangle inside 3 x 3 pixels for crop, got "2 x 2 at (2, 0)"',
  );
  expect(() => crop(source, { left: -1, top: 0, width: 2, height: 2 })).toThrow('for left, got -1');
});

test('a flip exchanges left and right and keeps the channels', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const source = createImage({ width: 2, height: 1, channels: 3, data });
  expect([...flipHorizontal(source).data]).toEqual([4, 5, 6, 1, 2, 3]);
});

test.each([
  { turns: 0, expected: [[1, 2, 3], [4, 5, 6]] }, // prettier-ignore
  { turns: 1, expected: [[4, 1], [5, 2], [6, 3]] }, // prettier-ignore
  { turns: 2, expected: [[6, 5, 4], [3, 2, 1]] }, // prettier-ignore
  { turns: 3, expected: [[3, 6], [2, 5], [1, 4]] }, // prettier-ignore
  { turns: -1, expected: [[3, 6], [2, 5], [1, 4]] }, // prettier-ignore
  { turns: 5, expected: [[4, 1], [5, 2], [6, 3]] }, // prettier-ignore
])('$turns quarter turns are clockwise', ({ turns, expected }) => {
  expect(rotateQuarterTurns(grey([[1, 2, 3], [4, 5, 6]]), turns)).toEqual(grey(expected)); // prettier-ignore
});

test('half a turn is not a quarter turn', () => {
  expect(() => rotateQuarterTurns(grey([[1]]), 0.5)).toThrow('for turns, got 0.5');
});

test('grey is repeated, alpha is flattened, RGB is passed on', () => {
  expect([...toRgb(grey([[9, 200]])).data]).toEqual([9, 9, 9, 200, 200, 200]);
  const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51);
  const image = createImage({ width: 3, height: 1, channels: 4, data });
  expect([...toRgb(image).data]).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 255]);
  expect([...toRgb(image, { background: [0, 50, 7] }).data]).toEqual([10, 20, 30, 0, 50, 7, 0, 60, 57]);
  const rgb = createImage({ width: 1, height: 1, channels: 3 });
  expect(toRgb(rgb)).toBe(rgb);
  expect(() => toRgb(rgb, { background: [0, 0, 256] })).toThrow('for background[2], got 256');
});

test('grey is the luma of BT.601', () => {
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
  expect([...toGrey(createImage({ width: 4, height: 1, channels: 3, data })).data]).toEqual([
    76, 150, 29, 255,
  ]);
  const clear = createImage({ width: 1, height: 1, channels: 4 });
  expect([...toGrey(clear).data]).toEqual([255]);
  expect([...toGrey(clear, { background: [0, 0, 0] }).data]).toEqual([0]);
});

test('pictures of a row stand beside each other', () => {
  const row = [grey([[1], [2]]), grey([[3, 4]])];
  expect(toGrey(sideBySide(row, { gap: 1, background: [9, 9, 9] }))).toEqual(grey([[1, 9, 3, 4], [2, 9, 9, 9]])); // prettier-ignore
});

test('rows of a grid share their columns', () => {
  const grid = [[grey([[1, 2]]), grey([[3]])], [grey([[4]])]];
  const expected = grey([
    [1, 2, 9, 3],
    [9, 9, 9, 9],
    [4, 9, 9, 9],
  ]);
  expect(toGrey(sideBySide(grid, { gap: 1, background: [9, 9, 9] }))).toEqual(expected);
});

test('nothing to show is refused', () => {
  expect(() => sideBySide([])).toThrow('at least one image');
  expect(() => sideBySide([[], []])).toThrow('at least one image');
});

function grey(rows: number[][]): Image {
  const data = Uint8Array.from(rows.flat());
  return createImage({ width: rows[0]!.length, height: rows.length, channels: 1, data });
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (isSparnetError(error)) return error.code;
  }
  return undefined;
}
