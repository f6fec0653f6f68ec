import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createImage,
  flipHorizontal,
  resize,
  rotateQuarterTurns,
  type Image,
  type ResizeFilter,
} from './index.ts';

const filters: readonly ResizeFilter[] = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'];
const side = fc.integer({ min: 1, max: 80 });
const filter = fc.constantFrom(...filters);
const target = fc.record({ width: side, height: side, filter });
const image = fc
  .record({ width: side, height: side, channels: fc.constantFrom(1, 3, 4), seed: fc.integer() })
  .map(({ width, height, channels, seed }) => noise(width, height, channels, seed));

describe('for any image, size and filter', () => {
  test('the result has the size that was asked for and leaves the source alone', () => {
    fc.assert(
      fc.property(image, target, (source, options) => {
        const before = source.data.slice();
        const { width, height, channels, data } = resize(source, options);
        expect([width, height, channels]).toEqual([options.width, options.height, source.channels]);
        expect(data.length).toBe(width * height * channels);
        expect(data.buffer).not.toBe(source.data.buffer);
        expect(source.data).toEqual(before);
      }),
    );
  });

  test('a constant image stays constant', () => {
    fc.assert(
      fc.property(side, side, fc.nat(255), target, (width, height, level, options) => {
        const flat = createImage({ width, height, channels: 3 });
        flat.data.fill(level);
        expect(new Set(resize(flat, options).data)).toEqual(new Set([level]));
      }),
    );
  });

  test('filters without negative weights stay inside the range of the source', () => {
    const averaging = fc.constantFrom<ResizeFilter>('nearest', 'box', 'bilinear', 'hamming');
    fc.assert(
      fc.property(image, target, averaging, (source, options, kind) => {
        fc.pre(source.channels !== 4);
        const { data } = resize(source, { ...options, filter: kind });
        expect(minimum(data)).toBeGreaterThanOrEqual(minimum(source.data));
        expect(maximum(data)).toBeLessThanOrEqual(maximum(source.data));
      }),
    );
  });

  test('channels do not mix', () => {
    fc.assert(
      fc.property(image, target, (source, options) => {
        fc.pre(source.channels === 3);
        const together = resize(source, options);
        for (let c = 0; c < 3; c++) {
          expect(resize(channel(source, c), options)).toEqual(channel(together, c));
        }
      }),
    );
  });

  test('mirroring before is mirroring after, but for what ties add in two passes', () => {
    fc.assert(
      fc.property(image, target, (source, options) => {
        fc.pre(options.filter !== 'nearest' && options.filter !== 'box' && source.channels !== 4);
        const before = resize(flipHorizontal(source), options).data;
        const after = flipHorizontal(resize(source, options)).data;
        expect(maximum(before.map((value, i) => Math.abs(value - after[i]!)))).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('a quarter turn and back, where only one side changes, changes nothing', () => {
    fc.assert(
      fc.property(image, side, filter, (source, size, kind) => {
        const wide = resize(source, { width: size, height: source.height, filter: kind });
        const turned = rotateQuarterTurns(source, 1);
        const high = resize(turned, { width: source.height, height: size, filter: kind });
        expect(rotateQuarterTurns(high, -1)).toEqual(wide);
      }),
    );
  });
});

// Two rules of Pillow that only few sizes show; the numbers are Pillow's.
test('hamming has its constants in single precision', () => {
  const data = Uint8Array.from({ length: 73 }, (_, i) => i * i * 37 + i * 11);
  const row = createImage({ width: 73, height: 1, channels: 1, data });
  expect(resize(row, { width: 56, height: 1, filter: 'hamming' }).data[52]).toBe(68);
});

test('what is more than a hundred times as high as wide shrinks in height first', () => {
  const data = Uint8Array.from({ length: 600 }, (_, i) => (((i * i) >> 3) % 2) * 255);
  const high = createImage({ width: 2, height: 300, channels: 1, data });
  expect([...resize(high, { width: 3, height: 3 }).data]).toEqual([0, 64, 136, 0, 64, 135, 0, 64, 136]);
});

test('an image seen through another view of its memory is the same image', () => {
  const source = noise(19, 11, 3, 1);
  const padded = new Uint8Array(source.data.length + 5);
  padded.set(source.data, 5);
  const options = { width: 7, height: 23 };
  const expected = resize(source, options);
  const views = [new Uint8ClampedArray(source.data), Buffer.from(source.data), padded.subarray(5)];
  for (const data of views) expect(resize({ ...source, data }, options)).toEqual(expected);
});

test('what is transparent does not bleed into what is not', () => {
  const data = Uint8Array.of(200, 100, 50, 255, 0, 255, 0, 0);
  const half = resize({ width: 2, height: 1, channels: 4, data }, { width: 1, height: 1, filter: 'box' });
  expect([...half.data]).toEqual([199, 99, 49, 128]);
});

test('many sizes in turn are computed as well as one', () => {
  const source = noise(600, 2, 1, 3);
  const first = resize(source, { width: 300, height: 2, filter: 'lanczos' });
  for (let width = 301; width < 700; width++) resize(source, { width, height: 2, filter: 'lanczos' });
  expect(resize(source, { width: 300, height: 2, filter: 'lanczos' })).toEqual(first);
});

test.each([
  { options: { width: 0, height: 4 }, message: 'expected integer between 1 and 16777216 for width, got 0' },
  {
    options: { width: 4, height: 2.5 },
    message: 'expected integer between 1 and 16777216 for height, got 2.5',
  },
  { options: { width: 4, height: 4, filter: 'cubic' as ResizeFilter }, message: 'got "cubic"' },
])('$message', ({ options, message }) => {
  expect(() => resize(noise(4, 4, 1, 0), options)).toThrow(message);
});

test('a result too large to hold is refused before it is made', () => {
  const wide = { width: 2 ** 24, height: 2 ** 24 };
  expect(() => resize(noise(2, 2, 3, 0), wide)).toThrow('for resized image.height, got 16777216');
});

function noise(width: number, height: number, channels: Image['channels'], seed: number): Image {
  const result = createImage({ width, height, channels });
  let state = seed | 1;
  for (let i = 0; i < result.data.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223;
    result.data[i] = state >>> 24;
  }
  return result;
}

function channel({ width, height, data }: Image, c: number): Image {
  return createImage({ width, height, channels: 1, data: data.filter((_, i) => i % 3 === c) });
}

function minimum(data: Image['data']): number {
  return Math.min(...data);
}

function maximum(data: Image['data']): number {
  return Math.max(...data);
}
