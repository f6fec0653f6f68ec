import { createImage, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { averageInSimd } from '../blur/average-in-simd.ts';
import { correlateInSimd } from '../blur/correlate-in-simd.ts';
import { gaussianInSimd } from '../blur/gaussian-in-simd.ts';
import { medianInSimd } from '../blur/median-in-simd.ts';
import { averageBlur, gaussianBlur, gaussianNoise, kernelBlur, medianBlur, motionBlur } from '../index.ts';
import { opaquePixels } from '../opaque-pixels.ts';
import { picture } from '../picture-fixture.ts';
import { simdCode, withoutSimd } from './simd-code.ts';

/** Pictures of all shapes: smooth with texture, of two levels (whose sums are ties), white. */
const anyImage = fc
  .record({
    width: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 90 })),
    height: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70 })),
    channels: fc.constantFrom(1 as const, 3 as const),
    seed: fc.nat(2 ** 30),
    kind: fc.constantFrom('texture', 'two levels', 'white'),
  })
  .map(({ width, height, channels, seed, kind }) => {
    const image = picture(width, height, { channels, seed });
    if (kind === 'white') image.data.fill(255);
    if (kind === 'two levels') for (let i = 0; i < image.data.length; i++) image.data[i] = image.data[i]! & 1;
    return image;
  });

/** Whether the bits are the same with the SIMD code and without. */
function isSame(run: () => Image): boolean {
  const [fast, plain] = [run(), withoutSimd(run)];
  const sizes = [fast, plain].map(({ width, height, channels }) => `${width} x ${height} x ${channels}`);
  return sizes[0] === sizes[1] && Buffer.from(fast.data).equals(Buffer.from(plain.data));
}

describe('the SIMD code gives the bits of the plain code', () => {
  test('there is SIMD code here, and it can be left out', () => {
    expect(simdCode()).toBeDefined();
    expect(withoutSimd(simdCode)).toBeUndefined();
    const pixels = opaquePixels(picture(50, 40));
    const weights = Float64Array.of(0.27406, 0.45188, 0.27406);
    const line = { reach: 1, dx: Int32Array.of(-1, 0, 1), dy: new Int32Array(3), weights };
    for (const run of [
      () => averageInSimd(pixels, 7),
      () => medianInSimd(pixels, 4),
      () => gaussianInSimd(pixels, weights),
      () => correlateInSimd(pixels, line),
    ]) {
      expect(run()).toHaveLength(6000);
      expect(withoutSimd(run)).toBeUndefined();
    }
  });

  test('average', () => {
    fc.assert(
      fc.property(anyImage, fc.integer({ min: 1, max: 20 }), (image, size) => {
        expect(isSame(() => averageBlur(image, { size }))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('median', () => {
    fc.assert(
      fc.property(anyImage, fc.integer({ min: 1, max: 17 }), (image, size) => {
        expect(isSame(() => medianBlur(image, { size }))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('Gaussian, by sigma and by size', () => {
    fc.assert(
      fc.property(anyImage, fc.double({ min: 0.01, max: 30, noNaN: true }), (image, sigma) => {
        expect(isSame(() => gaussianBlur(image, { sigma }))).toBe(true);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(anyImage, fc.integer({ min: 0, max: 60 }), (image, reach) => {
        expect(isSame(() => gaussianBlur(image, { size: 2 * reach + 1 }))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('motion', () => {
    fc.assert(
      fc.property(
        anyImage,
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: -400, max: 400 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (image, size, angle, direction) => {
          expect(isSame(() => motionBlur(image, { size, angle, direction }))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('kernels of few weights of any size and sign', () => {
    fc.assert(
      fc.property(
        anyImage,
        fc.integer({ min: 0, max: 4 }),
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 81, maxLength: 81 }),
        fc.constantFrom(1, 0.03, 1e-300, 1e300),
        (image, reach, values, factor) => {
          const size = 2 * reach + 1;
          const weights = Float64Array.from(values.slice(0, size * size), (value) => value * factor);
          expect(isSame(() => kernelBlur(image, { size, weights }))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('noise', () => {
    fc.assert(
      fc.property(
        anyImage,
        fc.double({ min: 0, max: 255, noNaN: true }),
        fc.boolean(),
        fc.maxSafeNat(),
        (image, sigma, grey, seed) => {
          expect(isSame(() => gaussianNoise(image, { sigma, grey, seed }))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
    expect(isSame(() => gaussianNoise(picture(600, 400), { sigma: 20, seed: 3 }))).toBe(true);
  });

  test('photographs in several strips', () => {
    const wide = picture(9000, 90);
    expect(isSame(() => averageBlur(wide, { size: 9 }))).toBe(true);
    expect(isSame(() => medianBlur(wide, { size: 5 }))).toBe(true);
    expect(isSame(() => gaussianBlur(wide, { sigma: 3 }))).toBe(true);
    expect(isSame(() => motionBlur(wide, { size: 7, angle: 40 }))).toBe(true);
  });

  test('what is too wide for the memory is left to the plain code', () => {
    const pixels = opaquePixels(picture(65_000, 20));
    expect(gaussianInSimd(pixels, new Float64Array(41).fill(1 / 41))).toBeUndefined();
    expect(isSame(() => averageBlur(pixels, { size: 3 }))).toBe(true);
  });

  test('its memory stays within its bound', () => {
    expect(simdCode()!.memory.buffer.byteLength).toBeLessThanOrEqual(2 ** 25);
  });
});

describe('where WebAssembly is refused', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test('the results are the same', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', {
      Module: function refuse() {
        throw new Error('Refused to compile WebAssembly: violates the Content Security Policy');
      },
    });
    const plain = await import('../index.ts');
    const image = createImage(picture(40, 30));
    expect((await import('./simd-code.ts')).simdCode()).toBeUndefined();
    expect(plain.gaussianBlur(image, { sigma: 2 })).toEqual(gaussianBlur(image, { sigma: 2 }));
    expect(plain.medianBlur(image, { size: 7 })).toEqual(medianBlur(image, { size: 7 }));
  });
});
