import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { floatsToImage, imageToFloats, resize, type Image, type ResizeFilter } from './index.ts';

interface Tensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

interface PillowCase {
  id: string;
  src: string;
  size_wh: [number, number];
  filter: ResizeFilter;
}

const folder = new URL('../../../vectors/resize/', import.meta.url);
const { pillow } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as {
  pillow: { cases: PillowCase[] };
};
const inputs = readTensors('pillow-inputs.safetensors');
const outputs = readTensors('pillow-outputs.safetensors');
const convert = readTensors('convert.safetensors');

test.each(pillow.cases)('$id equals Pillow', ({ id, src, size_wh: [width, height], filter }) => {
  const source = toImage(inputs.get(src) ?? outputs.get(src));
  expect(resize(source, { width, height, filter })).toEqual(toImage(outputs.get(id)));
});

test('images become the floats of the reference', () => {
  const [, height, width] = convert.get('normalised')!.shape as [number, number, number];
  const expected = interleaved(floatsOf(convert.get('normalised')), width * height);
  expect(imageToFloats(toImage(convert.get('u8')))).toEqual(expected);
});

test.each([
  { floats: 'float', image: 'float_to_u8' },
  { floats: 'normalised', image: 'normalised_to_u8' },
])('$floats becomes the 8-bit image of the reference', ({ floats, image }) => {
  const expected = toImage(convert.get(image));
  const { width, height } = expected;
  const samples = interleaved(floatsOf(convert.get(floats)), width * height);
  expect(floatsToImage(samples, { width, height })).toEqual(expected);
});

function readTensors(file: string): Map<string, Tensor> {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, bytes: bytes.slice(start + from, start + to) }],
    ),
  );
}

function toImage(tensor: Tensor | undefined): Image {
  const [height, width, channels = 1] = tensor!.shape as [number, number, (1 | 3)?];
  return { width, height, channels, data: tensor!.bytes };
}

function floatsOf(tensor: Tensor | undefined): Float32Array {
  return new Float32Array(tensor!.bytes.buffer);
}

/** C x H x W becomes H x W x C. */
function interleaved(planes: Float32Array, pixels: number): Float32Array {
  const channels = planes.length / pixels;
  return planes.map((_, i) => planes[(i % channels) * pixels + Math.floor(i / channels)]!);
}
