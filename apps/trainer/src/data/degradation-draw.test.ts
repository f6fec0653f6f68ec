import { apply, applyAtOwnSize, presets, type Recipe } from '@sparnet/degrade';
import { resize, type Image } from '@sparnet/image';
import { randomStream } from '@sparnet/core';
import { expect, test } from 'vitest';
import { trainingDraw, validationDraw } from './degradation-draw.ts';
import { makeSample, makeValidationSample } from './sample.ts';
import { noAugmentation } from './augmentation.ts';

const face = noise(32);
const recipe: Recipe = {
  steps: [
    { op: 'resize', size: { integer: [3, 20] } },
    { op: 'noise', sigma: { between: [1, 30] } },
  ],
};
const draw = { seed: 3, epoch: 0, index: 5 };

test('a pair is what the recipe makes of the face', () => {
  const parameters = trainingDraw(recipe, draw);
  const { hr, lr, lrUp } = applyAtOwnSize(face, parameters);
  const made = apply(face, parameters);
  expect(hr).toEqual(face);
  expect(lr).toEqual(made.lr);
  expect(lrUp).toEqual(made.lrUp);
});

test('training draws depend on seed, epoch and index, validation draws on the index alone', () => {
  const drawn = [draw, { ...draw, seed: 4 }, { ...draw, epoch: 1 }, { ...draw, index: 6 }].map((address) =>
    JSON.stringify(trainingDraw(recipe, address).steps),
  );
  expect(new Set(drawn).size).toBe(4);
  expect(trainingDraw(recipe, draw)).toEqual(trainingDraw(recipe, draw));
  expect(validationDraw(recipe, 5)).toEqual(validationDraw(recipe, 5));
  const others = [validationDraw(recipe, 5), validationDraw(recipe, 6), trainingDraw(recipe, draw)];
  expect(new Set(others.map(({ steps }) => JSON.stringify(steps))).size).toBe(3);
});

test('a recipe stated for 512 x 512 degrades the face in that size; the pair has the size of the face', () => {
  const parameters = { ...trainingDraw(presets.sparnethd, draw) };
  const { hr, lr, lrUp } = applyAtOwnSize(face, parameters);
  const made = apply(face, parameters);
  expect(made.hr).toMatchObject({ width: 512, height: 512 });
  expect(lr).toEqual(made.lr);
  expect(lr.width).toBeGreaterThanOrEqual(16);
  expect(lr.width).toBeLessThanOrEqual(128);
  expect(lrUp).toEqual(resize(made.lrUp, { width: 32, height: 32 }));
  // The face itself, not what is left of it after enlarging and reducing.
  expect(hr).toEqual(face);
});

test('the network gets LR-UP, or the LR image in the size of its input', () => {
  const parameters = validationDraw(recipe, 7);
  const sizes = { outputSize: 32, scale: 4 };
  const whole = makeValidationSample(face, { ...sizes, inputSize: 32, parameters });
  expect(whole.input).toEqual(whole.lrUp);
  const small = makeValidationSample(face, { ...sizes, inputSize: 8, parameters });
  expect(small.input).toEqual(resize(small.lr, { width: 8, height: 8 }));
  expect(small.lrUp).toEqual(whole.lrUp);
  const training = makeSample(face, {
    ...sizes,
    inputSize: 32,
    ...draw,
    augmentation: noAugmentation,
    recipe,
  });
  expect(training.input).toEqual(apply(face, trainingDraw(recipe, draw)).lrUp);
});

function noise(side: number): Image {
  const random = randomStream({ seed: 9, purpose: 'face' });
  const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
  return { width: side, height: side, channels: 3, data };
}
