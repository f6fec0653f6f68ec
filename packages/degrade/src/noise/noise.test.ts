import { createImage } from '@sparnet/image';
import { describe, expect, test } from 'vitest';
import { picture } from '../picture-fixture.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { poissonNoise } from './poisson-noise.ts';

const side = 64;
const flat = createImage({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(side * side * 3).fill(120),
});

describe('Gaussian noise', () => {
  // 12288 samples: the mean is off by more than 5 standard errors (0.45) in one of 1.7 million seeds.
  test('has the mean and the deviation it was asked for', () => {
    const { mean, deviation } = moments(gaussianNoise(flat, { sigma: 10, seed: 3 }).data);
    expect(Math.abs(mean - 120)).toBeLessThan(0.45);
    expect(Math.abs(deviation - 10)).toBeLessThan(0.35);
  });

  test('is a function of its seed', () => {
    const once = gaussianNoise(flat, { sigma: 10, seed: 3 });
    expect(gaussianNoise(flat, { sigma: 10, seed: 3 })).toEqual(once);
    expect(gaussianNoise(flat, { sigma: 10, seed: 4 })).not.toEqual(once);
  });

  test('is the same for all channels if grey, and else not', () => {
    expect(isColourless(gaussianNoise(flat, { sigma: 10, grey: true, seed: 3 }).data)).toBe(true);
    expect(isColourless(gaussianNoise(flat, { sigma: 10, seed: 3 }).data)).toBe(false);
  });

  test('of sigma 0 is none, and clips at black and white', () => {
    expect(gaussianNoise(picture(9, 9), { sigma: 0, seed: 1 })).toEqual(picture(9, 9));
    const strong = new Set(gaussianNoise(flat, { sigma: 255, seed: 1 }).data);
    expect([strong.has(0), strong.has(255)]).toEqual([true, true]);
  });

  // The bits of the first samples, so that a change of the generator cannot go unnoticed.
  test('has the bits it always had', () => {
    expect([...gaussianNoise(flat, { sigma: 20, seed: 2026 }).data.slice(0, 8)]).toMatchInlineSnapshot(`
      [
        88,
        117,
        93,
        126,
        108,
        109,
        108,
        121,
      ]
    `);
  });
});

describe('Poisson noise', () => {
  test('is a function of its seed, and the same for all channels if grey', () => {
    const image = picture(20, 20);
    const once = poissonNoise(image, { scale: 1, seed: 3 });
    expect(poissonNoise(image, { scale: 1, seed: 3 })).toEqual(once);
    expect(poissonNoise(image, { scale: 1, seed: 4 })).not.toEqual(once);
    expect(isColourless(poissonNoise(flat, { scale: 1, grey: true, seed: 3 }).data)).toBe(true);
    expect(poissonNoise(image, { scale: 0, seed: 3 })).toEqual(image);
  });

  test('has the mean of the image and the deviation of its photons', () => {
    const levels = createImage({ ...flat, data: flat.data.map((level, i) => (i < 256 * 3 ? i / 3 : level)) });
    const noisy = poissonNoise(levels, { scale: 1, seed: 5 }).data.slice(256 * 3);
    const { mean, deviation } = moments(noisy);
    // 256 levels: 256 photons at white, so 120.5 at level 120, whose deviation is 10.98 photons of 255 / 256 levels.
    expect(Math.abs(mean - 120)).toBeLessThan(0.5);
    expect(Math.abs(deviation - 10.93)).toBeLessThan(0.4);
  });

  test('takes images of one level', () => {
    const black = createImage({ width: 3, height: 3, channels: 3 });
    expect(poissonNoise(black, { scale: 3, seed: 1 })).toEqual(black);
  });
});

test.each([
  [() => gaussianNoise(flat, { sigma: -1, seed: 1 }), 'sigma'],
  [() => gaussianNoise(flat, { sigma: 1, seed: -1 }), 'seed'],
  [() => poissonNoise(flat, { scale: 11, seed: 1 }), 'scale'],
])('wrong options are refused by name', (run, name) => {
  expect(run).toThrow(
    expect.objectContaining({
      code: 'bad-argument',
      message: expect.stringContaining(`for ${name}`) as string,
    }),
  );
});

function moments(data: Uint8Array | Uint8ClampedArray): { mean: number; deviation: number } {
  const mean = [...data].reduce((sum, level) => sum + level, 0) / data.length;
  const variance = [...data].reduce((sum, level) => sum + (level - mean) ** 2, 0) / data.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function isColourless(data: Uint8Array | Uint8ClampedArray): boolean {
  return data.every((level, i) => level === data[i - (i % 3)]);
}
