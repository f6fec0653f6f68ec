import { readFileSync } from 'node:fs';
import type { Image } from '@sparnet/image';
import { describe, expect, test } from 'vitest';
import { psnr, ssim, type Protocol } from './index.ts';

type Scores = Record<string, number | 'inf'>;

const folder = new URL('../../../vectors/metrics/', import.meta.url);
const { pairs } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as {
  pairs: Record<string, Scores>;
};
const images = readImages();

const keys: { protocol: Protocol; suffix: string }[] = [
  { protocol: 'sparnet', suffix: 'y_official' },
  { protocol: 'matlab', suffix: 'y_float' },
  { protocol: 'matlab-uint8', suffix: 'y_rounded' },
  { protocol: 'rgb', suffix: 'rgb' },
];

describe.each(keys)('protocol $protocol', ({ protocol, suffix }) => {
  test.each(Object.entries(pairs))('%s', (name, scores) => {
    const a = images.get(`${name}.a`)!;
    const b = images.get(`${name}.b`)!;
    expect(difference(psnr(a, b, { protocol }), scores[`psnr_${suffix}`]!)).toBeLessThanOrEqual(1e-9);
    expect(difference(ssim(a, b, { protocol }), scores[`ssim_${suffix}`]!)).toBeLessThanOrEqual(1e-10);
    expect(psnr(b, a, { protocol })).toBe(psnr(a, b, { protocol }));
    expect(ssim(b, a, { protocol })).toBe(ssim(a, b, { protocol }));
  });
});

function difference(actual: number, expected: number | 'inf'): number {
  const value = expected === 'inf' ? Infinity : expected;
  return actual === value ? 0 : Math.abs(actual - value);
}

function readImages(): Map<string, Image> {
  const bytes = new Uint8Array(readFileSync(new URL('pairs.safetensors', folder)));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { shape: [number, number, (1 | 3)?]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const [height, width, channels = 1] = shape;
        return [name, { width, height, channels, data: bytes.subarray(start + from, start + to) }];
      },
    ),
  );
}
