import { createImage, crop, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { metrics, protocols, psnr, ssim } from './index.ts';

const size = fc.integer({ min: 11, max: 40 });
const pair = fc
  .record({ width: size, height: size, channels: fc.constantFrom(1, 3), seed: fc.integer() })
  .map(({ width, height, channels, seed }) => {
    const options = { width, height, channels } as const;
    return [noise({ ...options, seed }), noise({ ...options, seed: seed + 1 })] as const;
  });
const protocol = fc.constantFrom(...protocols);

test('scores stay in the range of their metric and are best for equal images', () => {
  fc.assert(
    fc.property(pair, protocol, ([a, b], kind) => {
      const options = { protocol: kind };
      const scores = { psnr: psnr(a, b, options), ssim: ssim(a, b, options) };
      for (const name of ['psnr', 'ssim'] as const) {
        const [least, most] = metrics[name].range;
        expect(scores[name]).toBeGreaterThanOrEqual(least);
        expect(scores[name]).toBeLessThanOrEqual(most);
      }
      expect(psnr(a, a, options)).toBe(metrics.psnr.perfect);
      expect(ssim(a, a, options)).toBeCloseTo(metrics.ssim.perfect, 12);
    }),
  );
});

test('a border is cut from every side', () => {
  fc.assert(
    fc.property(pair, protocol, fc.nat(5), ([a, b], kind, border) => {
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

function noise({
  width,
  height,
  channels,
  seed,
}: Pick<Image, 'width' | 'height' | 'channels'> & { seed: number }): Image {
  const image = createImage({ width, height, channels });
  let state = Math.imul(seed, 2654435761) | 1;
  for (let i = 0; i < image.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    image.data[i] = state >>> 24;
  }
  return image;
}

function tripled({ width, height, data }: Image): Image {
  const samples = Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
  return createImage({ width, height, channels: 3, data: samples });
}
