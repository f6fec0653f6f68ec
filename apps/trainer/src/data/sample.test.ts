import { crop, flipHorizontal, resize, rotateQuarterTurns, type Image } from '@sparnet/image';
import { randomStream } from '@sparnet/core';
import { expect, test } from 'vitest';
import { noAugmentation } from './augmentation.ts';
import { makeSample, makeValidationSample } from './sample.ts';

const sizes = { outputSize: 16, scale: 4, inputSize: 16 };
const draw = { seed: 1, epoch: 0, index: 0 };
const augmentation = { ...noAugmentation, rescale: [1, 1.3], shift: 0.05 } as const;
const box = { left: 4, top: 6, right: 36, bottom: 38 };

test('a validation pair is the face square reduced, and LR-UP enlarged again', () => {
  const image = noise(48, 40);
  const { hr, lr, input } = makeValidationSample(image, { ...sizes, box });
  expect(hr).toEqual(
    resize(crop(image, { left: 4, top: 6, width: 32, height: 32 }), { width: 16, height: 16 }),
  );
  expect(lr).toEqual(resize(hr, { width: 4, height: 4 }));
  expect(input).toEqual(resize(lr, { width: 16, height: 16 }));
});

test('a square that already has the output size is only cut out', () => {
  const image = noise(20, 16);
  expect(makeValidationSample(image, sizes).hr).toEqual(
    crop(image, { left: 2, top: 0, width: 16, height: 16 }),
  );
});

test('a network that takes the low-resolution picture gets it as it is', () => {
  const { lr, input } = makeValidationSample(noise(20, 20), { ...sizes, inputSize: 4 });
  expect(input).toBe(lr);
});

test('without changes a training pair is the validation pair', () => {
  const image = noise(48, 40);
  const plain = makeSample(image, { ...sizes, ...draw, box, augmentation: noAugmentation });
  const { lrUp, ...pair } = makeValidationSample(image, { ...sizes, box });
  expect(plain).toEqual(pair);
  expect(lrUp).toEqual(pair.input);
});

test('flips and turns act on the high-resolution picture, before it is reduced', () => {
  const image = noise(32, 32);
  const { hr } = makeValidationSample(image, sizes);
  const seen = new Set<string>();
  const turned = [0, 1, 2, 3].flatMap((turns) => [
    rotateQuarterTurns(hr, turns),
    rotateQuarterTurns(flipHorizontal(hr), turns),
  ]);
  for (let index = 0; index < 60; index++) {
    const sample = makeSample(image, {
      ...sizes,
      ...draw,
      index,
      augmentation: { ...noAugmentation, flip: true, rotate: true },
    });
    const which = turned.findIndex(({ data }) => Buffer.from(data).equals(sample.hr.data as Uint8Array));
    expect(which).toBeGreaterThanOrEqual(0);
    seen.add(String(which));
    expect(sample.lr).toEqual(resize(sample.hr, { width: 4, height: 4 }));
  }
  expect(seen.size).toBe(8);
});

test('a training pair is a function of seed, epoch and index', () => {
  const image = noise(48, 40);
  const make = (other: Partial<typeof draw>): string =>
    Buffer.from(makeSample(image, { ...sizes, ...draw, ...other, box, augmentation }).hr.data).toString(
      'hex',
    );
  expect(make({})).toBe(make({}));
  expect(new Set([make({}), make({ seed: 2 }), make({ epoch: 1 }), make({ index: 1 })]).size).toBe(4);
});

test('grey pictures and pictures with alpha give RGB pairs', () => {
  for (const channels of [1, 4] as const) {
    const { hr, input } = makeSample(noise(20, 20, channels), { ...sizes, ...draw, augmentation });
    expect([hr.channels, input.channels, hr.data.length]).toEqual([3, 3, 768]);
  }
});

test('impossible sizes are refused', () => {
  expect(() => makeValidationSample(noise(20, 20), { ...sizes, scale: 3 })).toThrow(
    "the scale 3 doesn't divide the output size 16",
  );
  expect(() => makeSample(noise(20, 20), { ...sizes, ...draw, augmentation, inputSize: 0 })).toThrow(
    'for inputSize, got 0',
  );
});

function noise(width: number, height: number, channels: 1 | 3 | 4 = 3): Image {
  const random = randomStream({ seed: 5, purpose: 'noise' });
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
}
