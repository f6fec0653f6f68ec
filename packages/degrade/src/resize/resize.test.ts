import { readFileSync } from 'node:fs';
import { resize as resizeLikePillow } from '@sparnet/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { grey, picture } from '../picture-fixture.ts';
import { resize, resizeFilters } from './resize.ts';

const folder = new URL('../../../../vectors/resize/', import.meta.url);

test('the rule of Pillow is the default, and exact', () => {
  const { pillow } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as {
    pillow: { cases: { id: string; src: string; size_wh: [number, number]; filter: string }[] };
  };
  const inputs = readTensors('pillow-inputs.safetensors');
  const outputs = readTensors('pillow-outputs.safetensors');
  const known = pillow.cases.filter(({ filter }) => filter !== 'hamming');
  expect(known.length).toBeGreaterThan(20);
  for (const {
    id,
    src,
    size_wh: [width, height],
    filter,
  } of known) {
    const { shape, data } = inputs.get(src) ?? outputs.get(src)!;
    const channels = (shape[2] ?? 1) as 1 | 3;
    const source = { width: shape[1]!, height: shape[0]!, channels, data };
    const name = filter === 'box' ? 'area' : (filter as 'bicubic');
    const { data: resized } = resize(source, { width, height, filter: name });
    expect([id, Buffer.from(resized).equals(outputs.get(id)!.data)]).toEqual([id, true]);
  }
});

test('a scale drops fractions of a pixel, but never the last one', () => {
  expect(resize(picture(13, 9), { scale: 0.5 })).toMatchObject({ width: 6, height: 4 });
  expect(resize(picture(13, 9), { scale: 0.01 })).toMatchObject({ width: 1, height: 1 });
  expect(resize(picture(5, 4), { scale: 0.5 })).toEqual(
    resizeLikePillow(picture(5, 4), { width: 2, height: 2 }),
  );
});

test('the rule of OpenCV, by eye', () => {
  const ramp = grey([[0, 100, 200, 250]]);
  const to = (width: number, filter: 'nearest' | 'area' | 'bilinear' | 'bicubic') =>
    resize(ramp, { width, height: 1, filter, rule: 'opencv' });
  expect(to(2, 'nearest')).toEqual(grey([[0, 200]]));
  expect(to(2, 'area')).toEqual(grey([[50, 225]]));
  expect(to(2, 'bilinear')).toEqual(grey([[50, 225]]));
  expect(to(8, 'area')).toEqual(grey([[0, 0, 100, 100, 200, 200, 250, 250]]));
  expect(to(6, 'area')).toEqual(grey([[0, 50, 100, 200, 225, 250]]));
  expect(to(8, 'bilinear')).toEqual(grey([[0, 25, 75, 125, 175, 213, 238, 250]]));
});

test('any size from any size gives an image; flat ones stay flat', () => {
  const size = fc.integer({ min: 1, max: 20 });
  const filters = fc.constantFrom(...resizeFilters);
  const rules = fc.constantFrom('pillow' as const, 'opencv' as const);
  fc.assert(
    fc.property(size, size, size, size, filters, rules, (w, h, width, height, filter, rule) => {
      fc.pre(!(filter === 'lanczos' && rule === 'opencv'));
      const flat = grey(Array.from({ length: h }, () => Array<number>(w).fill(99)));
      const resized = resize(flat, { width, height, filter, rule });
      expect(resized).toEqual(grey(Array.from({ length: height }, () => Array<number>(width).fill(99))));
    }),
    { numRuns: 200 },
  );
});

test.each([
  [{}, 'for width, got undefined'],
  [{ width: 3, height: 3, scale: 2 }, 'got both'],
  [{ width: 65535, height: 65535 }, 'pixels are more than'],
  [{ scale: 2, filter: 'lanczos' as const, rule: 'opencv' as const }, "needs the rule 'pillow'"],
])('%o is refused', (options, message) => {
  expect(() => resize(picture(2, 2), options)).toThrow(
    expect.objectContaining({ code: 'bad-argument', message: expect.stringContaining(message) as string }),
  );
});

function readTensors(file: string): Map<string, { shape: number[]; data: Uint8Array }> {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { shape, data: bytes.slice(start + from, start + to) }],
    ),
  );
}
