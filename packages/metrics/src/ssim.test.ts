import { createImage, crop, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, noise } from './image-fixture.ts';
import { metrics, msSsim, protocols, psnr, ssim } from './index.ts';

const side = fc.integer({ min: 11, max: 40 });
const pair = fc
  .record({ width: side, height: side, channels: fc.constantFrom(1, 3), seed: fc.integer() })
  .map(({ width, height, channels, seed }) => {
    const options = { width, height, channels } as const;
    return [noise({ ...options, seed }), noise({ ...options, seed: seed + 1 })] as const;
  });
const anyProtocol = fc.constantFrom(...protocols);

test('scores stay in the range of their metric and are best for equal images', () => {
  fc.assert(
    fc.property(pair, anyProtocol, ([a, b], kind) => {
      const options = { protocol: kind };
      const scores = { psnr: psnr(a, b, options), ssim: ssim(a, b, options) };
      for (const name of ['psnr', 'ssim'] as const) {
        const [least, most] = metrics[name].range;
        expect(scores[name]).toBeGreaterThanOrEqual(least);
        expect(scores[name]).toBeLessThanOrEqual(most);
      }
      expect(psnr(a, a, options)).toBe(metrics.psnr.best);
      expect(ssim(a, a, options)).toBe(metrics.ssim.best);
    }),
  );
});

test('a border is cut from every side', () => {
  fc.assert(
    fc.property(pair, anyProtocol, fc.nat(5), ([a, b], kind, border) => {
      fc.pre(Math.min(a.width, a.height) - 2 * border >= 11);
      const inner = (image: Image) =>
        crop(image, {
          left: border,
          top: border,
          width: image.width - 2 * border,
          height: image.height - 2 * border,
        });
      const options = { protocol: kind, border };
      expect(psnr(a, b, options)).toBe(psnr(inner(a), inner(b), { protocol: kind }));
      expect(ssim(a, b, options)).toBe(ssim(inner(a), inner(b), { protocol: kind }));
    }),
  );
});

test('a grey image scores as the same image in three channels', () => {
  const a = noise({ width: 20, height: 15, channels: 1, seed: 1 });
  const b = noise({ width: 20, height: 15, channels: 1, seed: 2 });
  for (const kind of protocols) {
    const options = { protocol: kind };
    expect(psnr(a, b, options)).toBeCloseTo(psnr(tripled(a), tripled(b), options), 10);
    expect(ssim(a, b, options)).toBeCloseTo(ssim(tripled(a), tripled(b), options), 10);
  }
});

test('one level in every sample is 20 log10(255) dB', () => {
  const a = createImage({ width: 4, height: 4, channels: 3 });
  const b = createImage({ width: 4, height: 4, channels: 3, data: new Uint8Array(48).fill(1) });
  expect(psnr(a, b, { protocol: 'rgb' })).toBeCloseTo(20 * Math.log10(255), 12);
});

test('images of one level have defined scores', () => {
  const size = { width: 176, height: 176, channels: 3 } as const;
  const black = constant({ ...size, level: 0 });
  const white = constant({ ...size, level: 255 });
  for (const protocol of protocols) {
    expect(psnr(black, constant({ ...size, level: 0 }), { protocol })).toBe(Infinity);
    expect(ssim(black, black, { protocol })).toBe(1);
    expect(msSsim(white, white, { protocol })).toBe(1);
    expect(ssim(black, white, { protocol })).toBeGreaterThan(0);
    expect(msSsim(black, white, { protocol })).toBeGreaterThan(0);
  }
  expect(psnr(black, white, { protocol: 'rgb' })).toBe(0);
  expect(ssim(black, white, { protocol: 'rgb' })).toBeCloseTo(6.5025 / (255 ** 2 + 6.5025), 12);
});

test('MS-SSIM is in its range for images that are as unlike as can be', () => {
  const a = noise({ width: 177, height: 180, channels: 3, seed: 1 });
  const negative = { ...a, data: a.data.map((level) => 255 - level) };
  expect(ssim(a, negative)).toBeLessThan(-0.5);
  expect(msSsim(a, negative)).toBe(0);
  expect(msSsim(a, a)).toBe(1);
  const b = noise({ width: 177, height: 180, channels: 3, seed: 2 });
  for (const protocol of protocols) expect(msSsim(a, b, { protocol })).toBe(msSsim(b, a, { protocol }));
});

test('MS-SSIM says the least side', () => {
  const a = noise({ width: 300, height: 175, channels: 1, seed: 1 });
  const b = noise({ width: 177, height: 180, channels: 1, seed: 1 });
  expect(() => msSsim(a, a)).toThrow(
    'MS-SSIM needs at least 176 x 176 pixels inside the border, got 300 x 175',
  );
  expect(() => msSsim(b, b, { border: 1 })).toThrow('got 175 x 178');
});

test('a result does not depend on what was compared before', () => {
  const a = noise({ width: 40, height: 30, channels: 3, seed: 1 });
  const b = noise({ width: 40, height: 30, channels: 3, seed: 2 });
  const before = [psnr(a, b), ssim(a, b, { protocol: 'rgb' })];
  const large = noise({ width: 200, height: 190, channels: 3, seed: 3 });
  msSsim(large, noise({ width: 200, height: 190, channels: 3, seed: 4 }), { protocol: 'matlab' });
  expect([psnr(a, b), ssim(a, b, { protocol: 'rgb' })]).toEqual(before);
});

test('images that cannot be compared are refused', () => {
  const a = noise({ width: 12, height: 12, channels: 3, seed: 1 });
  const wide = noise({ width: 13, height: 12, channels: 3, seed: 1 });
  const small = noise({ width: 10, height: 12, channels: 3, seed: 1 });
  const clear = createImage({ width: 12, height: 12, channels: 4 });
  expect(() => psnr(a, wide)).toThrow('got 12 x 12 x 3 and 13 x 12 x 3');
  expect(() => ssim(a, { ...a, data: new Uint8Array(5) })).toThrow('second image.data, got 5');
  expect(() => ssim(clear, clear)).toThrow('toRgb');
  expect(() => ssim(small, small)).toThrow('at least 11 x 11 pixels inside the border, got 10 x 12');
  expect(() => ssim(a, a, { border: 1 })).toThrow('got 10 x 10');
  expect(() => psnr(a, a, { border: 6 })).toThrow('less than half of 12 x 12 pixels for border, got 6');
  expect(() => psnr(a, a, { protocol: 'ycbcr' as 'rgb' })).toThrow('expected one of sparnet, matlab');
});

function tripled({ width, height, data }: Image): Image {
  const samples = Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
  return createImage({ width, height, channels: 3, data: samples });
}
