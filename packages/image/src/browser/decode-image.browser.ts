import { expect, test } from 'vitest';
import faceFile from '../../../../vectors/resize/face128.png?url';
import inputsFile from '../../../../vectors/resize/pillow-inputs.safetensors?url';
import outputsFile from '../../../../vectors/resize/pillow-outputs.safetensors?url';
import { decodeImage, encodeImage } from '../browser.ts';
import { createImage, resize, type Image } from '../index.ts';

test('a PNG is decoded, and resized to the last bit, as the reference says', async () => {
  const face = await decodeImage(await (await fetch(faceFile)).blob());
  expect(face.data).toEqual(await readTensor(inputsFile, 'face128'));
  const small = resize(face, { width: 16, height: 16 });
  expect(small.data).toEqual(await readTensor(outputsFile, 'face128-16x16-bicubic'));
});

test.each([1, 3] as const)('%i channels come back from PNG as RGB, to the bit', async (channels) => {
  const image = ramp(channels);
  const { data } = await decodeImage(await encodeImage(image));
  const expected =
    channels === 3 ? image.data : Uint8Array.from(data, (_, i) => image.data[Math.floor(i / 3)]!);
  expect(data).toEqual(expected);
});

test.each(['jpeg', 'webp'] as const)('%s comes back closely', async (format) => {
  const image = ramp(3);
  const file = await encodeImage(image, { format, quality: 95 });
  expect(file.type).toBe(`image/${format}`);
  const { data } = await decodeImage(file);
  const difference = [...data].reduce((sum, value, i) => sum + Math.abs(value - image.data[i]!), 0);
  expect(difference / data.length).toBeLessThan(4);
});

test('alpha is flattened over white', async () => {
  const clear = createImage({ width: 4, height: 4, channels: 4 });
  for (const format of ['png', 'jpeg'] as const) {
    const { data } = await decodeImage(await encodeImage(clear, { format }));
    expect(Math.min(...data)).toBe(255);
  }
});

test('a picture that cannot be trusted is refused by name', async () => {
  const png = await encodeImage(ramp(3));
  const text = new File(['no picture'], 'notes.txt');
  await expect(decodeImage(text)).rejects.toThrow('notes.txt: expected a JPEG, PNG or WebP file');
  await expect(decodeImage(png.slice(0, 40), { name: 'half.png' })).rejects.toMatchObject({
    code: 'bad-image',
    message: expect.stringContaining('half.png: damaged') as string,
  });
  await expect(decodeImage(png, { name: 'big.png', maxPixels: 383 })).rejects.toThrow(
    'big.png: 24 x 16 pixels are more than the 383 allowed',
  );
  await expect(encodeImage(ramp(3), { quality: 90 })).rejects.toMatchObject({ code: 'bad-argument' });
});

function ramp(channels: 1 | 3): Image {
  const image = createImage({ width: 24, height: 16, channels });
  for (let i = 0; i < image.data.length; i++)
    image.data[i] = (i * 200) / image.data.length + 20 * (i % channels);
  return image;
}

async function readTensor(file: string, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const [from, to] = header[name]!.data_offsets;
  return bytes.slice(start + from, start + to);
}
