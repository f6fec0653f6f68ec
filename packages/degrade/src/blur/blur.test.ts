import { createImage, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averageBlur,
  gaussianBlur,
  generalisedGaussianBlur,
  generalisedGaussianKernel,
  kernelBlur,
  medianBlur,
  motionBlur,
  sincBlur,
  sincKernel,
} from '../index.ts';
import { mirrored, repeated, type Border } from '../border.ts';
import { grey, picture } from '../picture-fixture.ts';

const anyImage = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.nat(1000),
  })
  .map(({ width, height, channels, seed }) => picture(width, height, { channels, seed }));

describe('every blur', () => {
  const blurs: Record<string, (image: Image) => Image> = {
    gaussian: (image) => gaussianBlur(image, { sigma: 2.3 }),
    average: (image) => averageBlur(image, { size: 6 }),
    median: (image) => medianBlur(image, { size: 7 }),
    motion: (image) => motionBlur(image, { size: 9, angle: 70, direction: 0.2 }),
    generalised: (image) =>
      generalisedGaussianBlur(image, { size: 7, sigma: 2, sigmaY: 1, angle: 30, beta: 0.7 }),
    sinc: (image) => sincBlur(image, { size: 11, cutoff: 1.3 }),
  };

  test.each(Object.entries(blurs))('%s leaves a flat image and its size alone', (_, blur) => {
    for (const [width, height] of [
      [1, 1],
      [1, 9],
      [13, 1],
      [8, 5],
    ] as const) {
      for (const channels of [1, 3] as const) {
        const data = new Uint8ClampedArray(width * height * channels).fill(137);
        const flat = createImage({ width, height, channels, data });
        expect(blur(flat)).toMatchObject({ width, height, channels });
        expect([...blur(flat).data].every((level) => level === 137)).toBe(true);
      }
    }
  });

  test.each(Object.entries(blurs))('%s does not change its input, and refuses alpha', (_, blur) => {
    const image = picture(9, 7);
    blur(image);
    expect(image).toEqual(picture(9, 7));
    expect(() => blur(picture(3, 3, { channels: 4 }))).toThrow(
      expect.objectContaining({
        code: 'bad-image',
        message: expect.stringContaining('flatten alpha') as string,
      }),
    );
  });

  test.each(Object.entries(blurs))('%s treats the channels alike', (_, blur) => {
    const image = picture(11, 6);
    const blurred = blur(image);
    for (let c = 0; c < 3; c++) expect(channel(blurred, c)).toEqual(blur(channel(image, c)));
  });
});

describe('the fast ways equal the plain ones', () => {
  test('average', () => {
    fc.assert(
      fc.property(anyImage, fc.integer({ min: 1, max: 30 }), (image, size) => {
        const plain = overWindow(image, { size, border: mirrored }, (levels) =>
          Math.floor((2 * levels.reduce((sum, level) => sum + level, 0) + size * size) / (2 * size * size)),
        );
        expect(averageBlur(image, { size })).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  test('median', () => {
    fc.assert(
      fc.property(anyImage, fc.integer({ min: 0, max: 12 }), (image, reach) => {
        const size = 2 * reach + 1;
        const plain = overWindow(
          image,
          { size, border: repeated },
          (levels) => levels.toSorted((a, b) => a - b)[(size * size - 1) / 2]!,
        );
        expect(medianBlur(image, { size })).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  test('a median across the strips in which it is computed', () => {
    const wide = picture(1100, 4);
    const plain = overWindow(
      wide,
      { size: 5, border: repeated },
      (levels) => levels.toSorted((a, b) => a - b)[12]!,
    );
    expect(medianBlur(wide, { size: 5 })).toEqual(plain);
  });

  test('a large kernel, in the frequency domain', () => {
    const size = 13;
    const weights = Float64Array.from({ length: size * size }, (_, i) => ((i * 37) % 101) / 8400);
    for (const image of [picture(70, 50), picture(1, 1), picture(3, 90, { channels: 1 })]) {
      const plain = overWindow(image, { size, border: mirrored }, (levels) =>
        Math.min(255, Math.floor(levels.reduce((sum, level, i) => sum + level * weights[i]!, 0.5 + 1e-9))),
      );
      expect(kernelBlur(image, { size, weights })).toEqual(plain);
    }
  });

  test('a round Gaussian, separable and by its kernel', () => {
    const image = picture(20, 14);
    const options = { size: 9, sigma: 1.7 };
    expect(generalisedGaussianBlur(image, options)).toEqual(
      kernelBlur(image, generalisedGaussianKernel(options)),
    );
  });
});

test('a blur by OpenCV size uses its fixed kernels up to 7, and its sigma above', () => {
  expect(gaussianBlur(grey([[0, 0, 0, 160, 0, 0, 0]]), { size: 5 })).toEqual(
    grey([[0, 10, 40, 60, 40, 10, 0]]),
  );
  const image = picture(20, 14);
  expect(gaussianBlur(image, { size: 11 })).toEqual(gaussianBlur(image, { size: 11, sigma: 2 }));
});

test('a kernel is not flipped, and the border is mirrored without its edge', () => {
  const right = { size: 3, weights: Float64Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0) };
  expect(kernelBlur(grey([[1, 2, 3, 4]]), right)).toEqual(grey([[2, 3, 4, 3]]));
  expect(averageBlur(grey([[0, 90, 180]]), { size: 2 })).toEqual(grey([[45, 45, 135]]));
  expect(medianBlur(grey([[9, 1, 5, 7]]), { size: 3 })).toEqual(grey([[9, 5, 5, 7]]));
});

test('kernels add up to 1 and have the symmetry of their definition', () => {
  const kernels = [
    generalisedGaussianKernel({ size: 21, sigma: 3, sigmaY: 0.7, angle: 33, beta: 2.5 }),
    generalisedGaussianKernel({ size: 7, sigma: 0.2, beta: 1.6, profile: 'plateau' }),
    sincKernel({ size: 21, cutoff: Math.PI }),
    sincKernel({ size: 7, cutoff: 1.1 }),
  ];
  for (const { weights } of kernels) {
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    weights.forEach((weight, i) => expect(weight).toBeCloseTo(weights[weights.length - 1 - i]!, 14));
  }
});

test('a generalised Gaussian is turned clockwise', () => {
  const { size, weights } = generalisedGaussianKernel({ size: 9, sigma: 3, sigmaY: 0.5, angle: 45 });
  const at = (x: number, y: number): number => weights[(y + 4) * size + x + 4]!;
  expect(at(2, 2)).toBeGreaterThan(100 * at(2, -2));
});

test('a sinc of the highest cutoff keeps more detail than a low one', () => {
  const image = picture(30, 30);
  const change = (cutoff: number): number => {
    const { data } = sincBlur(image, { size: 21, cutoff });
    return [...data].reduce((sum, level, i) => sum + Math.abs(level - image.data[i]!), 0);
  };
  expect(change(3.1)).toBeLessThan(change(1) / 1.5);
});

test.each([
  [() => gaussianBlur(picture(2, 2), {}), 'sigma or size'],
  [() => gaussianBlur(picture(2, 2), { sigma: 0 }), 'number between 0.01 and 200 for sigma, got 0'],
  [() => gaussianBlur(picture(2, 2), { size: 4 }), 'odd integer for size, got 4'],
  [() => averageBlur(picture(2, 2), { size: 1.5 }), 'integer between 1 and 999 for size, got 1.5'],
  [() => medianBlur(picture(2, 2), { size: 256 }), 'integer between 1 and 255 for size, got 256'],
  [() => motionBlur(picture(2, 2), { size: 9, direction: 2 }), 'between -1 and 1 for direction, got 2'],
  [() => sincBlur(picture(2, 2), { size: 8, cutoff: 1 }), 'odd integer for size, got 8'],
  [() => kernelBlur(picture(2, 2), { size: 3, weights: new Float64Array(8) }), 'size 3 and 8 weights'],
])('wrong options are refused by name', (run, message) => {
  expect(run).toThrow(
    expect.objectContaining({ code: 'bad-argument', message: expect.stringContaining(message) as string }),
  );
});

function channel({ width, height, channels, data }: Image, c: number): Image {
  return createImage({
    width,
    height,
    channels: 1,
    data: Uint8Array.from(data.filter((_, i) => i % channels === c)),
  });
}

/** The definition: every sample from its window. */
function overWindow(
  image: Image,
  { size, border }: { size: number; border: Border },
  of: (levels: number[]) => number,
): Image {
  const { width, height, channels } = image;
  const offsets = Array.from({ length: size }, (_, i) => i - Math.floor(size / 2));
  const data = image.data.map((_, i) => {
    const [x, y, c] = [Math.floor(i / channels) % width, Math.floor(i / channels / width), i % channels];
    const levels = offsets.flatMap((dy) =>
      offsets.map(
        (dx) => image.data[(border(y + dy, height) * width + border(x + dx, width)) * channels + c]!,
      ),
    );
    return of(levels);
  });
  return createImage({ width, height, channels, data });
}
