import { readFileSync } from 'node:fs';
import type { Image } from '@sparnet/image';
import { describe, expect, test } from 'vitest';
import {
  averageBlur,
  gaussianBlur,
  medianBlur,
  motionBlur,
  motionKernel,
  resize,
  type ResizeFilter,
} from './index.ts';

interface Tensor {
  shape: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

const folder = new URL('../../../vectors/degrade/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as {
  cases: {
    gaussian: { id: string; sigma: number; kernel_size: number }[];
    average: { id: string; k: number }[];
    median: { id: string; k: number }[];
    motion: { id: string; k: number; angle: number; direction: number }[];
    resize: { id: string; size_wh: [number, number]; mode: 'nearest' | 'linear' | 'cubic' | 'area' }[];
  };
};
const tensors = readTensors('images.safetensors');
const kernels = readTensors('motion-kernels.safetensors');
const input = imageOf('input');
const filterOf: Record<string, ResizeFilter> = {
  nearest: 'nearest',
  linear: 'bilinear',
  cubic: 'bicubic',
  area: 'area',
};

// The references allow a level in at most 1 % of the samples for all but median and nearest; none is needed.
describe('every primitive equals its reference to the last bit', () => {
  test.each(cases.gaussian)('$id', ({ id, sigma, kernel_size: size }) => {
    expect(gaussianBlur(input, { sigma })).toEqual(imageOf(id));
    expect(gaussianBlur(input, { sigma, size })).toEqual(imageOf(id));
  });

  test.each(cases.average)('$id', ({ id, k }) => {
    expect(averageBlur(input, { size: k })).toEqual(imageOf(id));
  });

  test.each(cases.median)('$id', ({ id, k }) => {
    expect(medianBlur(input, { size: k })).toEqual(imageOf(id));
    expect(medianBlur(input, { size: k - 1 })).toEqual(imageOf(id));
  });

  test.each(cases.motion)('$id', ({ id, k, angle, direction }) => {
    expect(motionBlur(input, { size: k, angle, direction })).toEqual(imageOf(id));
  });

  test.each(cases.resize)('$id', ({ id, size_wh: [width, height], mode }) => {
    const filter = filterOf[mode]!;
    expect(resize(input, { width, height, filter, rule: 'opencv' })).toEqual(imageOf(id));
  });
});

test.each(cases.motion)('the kernel of $id agrees to 1e-12', ({ id, k, angle, direction }) => {
  const { bytes, shape } = kernels.get(id)!;
  const expected = new Float64Array(bytes.buffer);
  const { size, weights } = motionKernel({ size: k, angle, direction });
  expect(shape).toEqual([size, size]);
  expect(Math.max(...weights.map((weight, i) => Math.abs(weight - expected[i]!)))).toBeLessThan(1e-12);
});

function imageOf(id: string): Image {
  const { shape, bytes } = tensors.get(id)!;
  const [height, width] = shape as [number, number];
  return { width, height, channels: 3, data: bytes };
}

function readTensors(file: string): Map<string, Tensor> {
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
      ]) => [name, { shape, bytes: bytes.slice(start + from, start + to) }],
    ),
  );
}
