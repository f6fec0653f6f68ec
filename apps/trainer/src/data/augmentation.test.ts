import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  augmentedSquare,
  drawAugmentation,
  noAugmentation,
  type Augmentation,
  type AugmentationDraw,
} from './augmentation.ts';

const address = { seed: 7, epoch: 2, index: 11 };
const everything: Augmentation = {
  flip: true,
  rotate: true,
  rescale: [1, 1.3],
  shift: 0.05,
  scale: [0.92, 1.1],
};
const still: AugmentationDraw = drawAugmentation(address, noAugmentation);
const face = { left: 40, top: 40, side: 100 };
const picture = { width: 200, height: 180 };

test('a draw depends on seed, epoch and index alone', () => {
  expect(drawAugmentation(address, everything)).toEqual(drawAugmentation(address, everything));
  const others = [{ seed: 8 }, { epoch: 3 }, { index: 12 }].map((other) =>
    drawAugmentation({ ...address, ...other }, everything),
  );
  expect(new Set([drawAugmentation(address, everything), ...others].map((draw) => draw.at[0])).size).toBe(4);
});

test('each change can be switched off and leaves the others as they were', () => {
  const all = drawAugmentation({ seed: 1, epoch: 0, index: 3 }, everything);
  const { flip, turns, rescale, shift, scale } = all;
  const at = { seed: 1, epoch: 0, index: 3 };
  expect(drawAugmentation(at, { ...everything, flip: false })).toEqual({ ...all, flip: false });
  expect(drawAugmentation(at, { ...everything, rotate: false })).toEqual({ ...all, turns: 0 });
  expect(drawAugmentation(at, { ...everything, rescale: [1, 1] })).toEqual({ ...all, rescale: 1 });
  expect(drawAugmentation(at, { ...everything, scale: [1, 1] })).toEqual({ ...all, scale: 1 });
  expect(drawAugmentation(at, { ...everything, shift: 0 })).toMatchObject({ flip, turns, rescale, scale });
  expect(Math.abs(shift[0])).toBeLessThanOrEqual(0.05);
});

test('flips and turns are equally likely, rescaling fills its range', () => {
  const draws = Array.from({ length: 2000 }, (_, index) =>
    drawAugmentation({ seed: 1, epoch: 0, index }, everything),
  );
  expect(Math.abs(draws.filter(({ flip }) => flip).length - 1000)).toBeLessThan(110); // 5 standard errors
  for (const turns of [0, 1, 2, 3]) {
    expect(Math.abs(draws.filter((draw) => draw.turns === turns).length - 500)).toBeLessThan(97);
  }
  const rescale = draws.map((draw) => draw.rescale);
  expect(Math.min(...rescale)).toBeGreaterThanOrEqual(1);
  expect(Math.min(...rescale)).toBeLessThan(1.01);
  expect(Math.max(...rescale)).toBeLessThan(1.3);
  expect(Math.max(...rescale)).toBeGreaterThan(1.29);
});

test('nothing drawn leaves the face square', () => {
  expect(augmentedSquare(face, picture, still)).toEqual(face);
});

test('enlarging takes a window inside the square, at the drawn position', () => {
  const draw = { ...still, rescale: 1.25 };
  expect(augmentedSquare(face, picture, { ...draw, at: [0, 0] })).toEqual({ left: 40, top: 40, side: 80 });
  expect(augmentedSquare(face, picture, { ...draw, at: [0.5, 0.9999] })).toEqual({
    left: 50,
    top: 60,
    side: 80,
  });
});

test('scale and shift use the margin and stop at the edge of the picture', () => {
  expect(augmentedSquare(face, picture, { ...still, scale: 1.2 })).toEqual({ left: 30, top: 30, side: 120 });
  expect(augmentedSquare(face, picture, { ...still, shift: [0.2, -0.1] })).toEqual({
    left: 60,
    top: 30,
    side: 100,
  });
  expect(augmentedSquare(face, picture, { ...still, shift: [1, 1] })).toEqual({
    left: 100,
    top: 80,
    side: 100,
  });
  expect(augmentedSquare(face, picture, { ...still, scale: 8 })).toEqual({ left: 0, top: 0, side: 180 });
});

test('the window lies in the picture whatever is drawn', () => {
  const unit = fc.double({ min: 0, max: 0.999, noNaN: true });
  const either = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({ width: fc.integer({ min: 1, max: 300 }), height: fc.integer({ min: 1, max: 300 }) }),
      fc.tuple(unit, unit, unit),
      fc.record({
        rescale: fc.double({ min: 1, max: 8, noNaN: true }),
        at: fc.tuple(unit, unit),
        shift: fc.tuple(either, either),
        scale: fc.double({ min: 0.1, max: 8, noNaN: true }),
      }),
      (size, [x, y, part], drawn) => {
        const side = 1 + Math.floor(part * Math.min(size.width, size.height));
        const square = {
          left: Math.floor(x * (size.width - side)),
          top: Math.floor(y * (size.height - side)),
          side,
        };
        const window = augmentedSquare(square, size, { ...still, ...drawn });
        expect(Object.values(window).every(Number.isInteger)).toBe(true);
        expect(window.side).toBeGreaterThan(0);
        expect(Math.min(window.left, window.top)).toBeGreaterThanOrEqual(0);
        expect(window.left + window.side).toBeLessThanOrEqual(size.width);
        expect(window.top + window.side).toBeLessThanOrEqual(size.height);
      },
    ),
  );
});

test('impossible ranges are refused', () => {
  expect(() => drawAugmentation(address, { ...everything, rescale: [0.9, 1.3] })).toThrow(
    'for rescale[0], got 0.9',
  );
  expect(() => drawAugmentation(address, { ...everything, scale: [1.1, 0.9] })).toThrow(
    'the smaller number first for scale',
  );
  expect(() => drawAugmentation(address, { ...everything, shift: -1 })).toThrow('for shift, got -1');
});
