import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSparnetError } from '@sparnet/core';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createImage, type Image } from '../image.ts';
import { decodeImage, encodeImage } from '../node.ts';
import { rotateQuarterTurns } from '../rotate-quarter-turns.ts';

const face = fileURLToPath(new URL('../../../../vectors/resize/face128.png', import.meta.url));
const gradient = ramp(24, 16);

describe('a picture comes as RGB', () => {
  test('from a path', async () => {
    const image = await decodeImage(face);
    expect(image).toMatchObject({ width: 128, height: 128, channels: 3 });
    expect(image).toEqual(await decodeImage(await readFile(face)));
  });

  test('from PNG to the bit, from JPEG and WebP closely', async () => {
    expect(await decodeImage(await encodeImage(gradient))).toEqual(gradient);
    for (const format of ['jpeg', 'webp'] as const) {
      const back = await decodeImage(await encodeImage(gradient, { format, quality: 100 }));
      expect(meanDifference(back, gradient)).toBeLessThan(3);
    }
  });

  test('grey is repeated', async () => {
    const grey = createImage({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) });
    const { data } = await decodeImage(await encodeImage(grey));
    expect([...data]).toEqual([7, 7, 7, 200, 200, 200]);
  });

  test('alpha is flattened over white', async () => {
    const data = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51);
    const image = createImage({ width: 3, height: 1, channels: 4, data });
    const decoded = await decodeImage(await encodeImage(image));
    expect([...decoded.data]).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 255]);
  });

  test('grey with alpha is flattened too', async () => {
    const raw = { width: 2, height: 1, channels: 2 as const };
    const png = await sharp(Uint8Array.of(40, 255, 40, 0), { raw })
      .png()
      .toBuffer();
    expect([...(await decodeImage(png)).data]).toEqual([40, 40, 40, 255, 255, 255]);
  });

  test('of 16 bits the upper 8 are kept', async () => {
    const samples = Uint16Array.of(0x00ff, 0x1234, 0xffff, 0x8000, 0x80ff, 0x7fff);
    const raw = { width: 2, height: 1, channels: 3 as const };
    const png = await sharp(samples, { raw }).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect([...(await decodeImage(png)).data]).toEqual([0x00, 0x12, 0xff, 0x80, 0x80, 0x7f]);
  });

  test('CMYK and another colour profile become sRGB', async () => {
    const orange = { width: 8, height: 8, channels: 3 as const, background: { r: 220, g: 120, b: 60 } };
    const flat = (profile: string) => sharp({ create: orange }).withIccProfile(profile);
    for (const file of [flat('cmyk').toColourspace('cmyk').jpeg(), flat('p3').png()]) {
      const { channels, data } = await decodeImage(await file.toBuffer());
      expect(channels).toBe(3);
      expect(Math.abs(data[0]! - 220) + Math.abs(data[1]! - 120) + Math.abs(data[2]! - 60)).toBeLessThan(40);
    }
  });

  test.each([
    { orientation: 3, turns: 2 },
    { orientation: 6, turns: 1 },
    { orientation: 8, turns: 3 },
  ])('EXIF orientation $orientation is applied', async ({ orientation, turns }) => {
    const raw = { width: gradient.width, height: gradient.height, channels: 3 as const };
    const png = await sharp(gradient.data, { raw }).withMetadata({ orientation }).png().toBuffer();
    expect(await decodeImage(png)).toEqual(rotateQuarterTurns(gradient, turns));
  });
});

describe('a picture that cannot be trusted is refused by name', () => {
  test('other formats, and none', async () => {
    const gif = Buffer.from('GIF89a\u0001\u0000\u0001\u0000');
    await expect(decodeImage(gif, { name: 'a.gif' })).rejects.toMatchObject({
      code: 'bad-image',
      message: 'a.gif: expected a JPEG, PNG or WebP file, but it starts with 47 49 46 38 39 61 01 00',
    });
    await expect(decodeImage(new Uint8Array(), { name: 'b.png' })).rejects.toThrow('b.png: expected');
    await expect(decodeImage(Buffer.from('<svg/>'), { name: 'c.svg' })).rejects.toThrow('c.svg: expected');
  });

  test.each(['jpeg', 'png', 'webp'] as const)('a truncated %s', async (format) => {
    const bytes = await encodeImage(await decodeImage(face), { format });
    const half = bytes.subarray(0, bytes.length / 2);
    await expect(decodeImage(half, { name: 'half' })).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/^half: damaged or truncated picture/) as string,
    });
  });

  test('too many pixels, without making room for them', async () => {
    const bytes = await encodeImage(gradient);
    await expect(decodeImage(bytes, { name: 'big.png', maxPixels: 383 })).rejects.toMatchObject({
      code: 'bad-image',
      message: 'big.png: 24 x 16 pixels are more than the 383 allowed; raise maxPixels or shrink the picture',
    });
    await expect(decodeImage(bytes, { maxPixels: 384 })).resolves.toEqual(gradient);
    await expect(decodeImage(declaring(bytes, 60_000, 60_000), { name: 'bomb.png' })).rejects.toThrow(
      'bomb.png: 60000 x 60000 pixels are more than the 64000000 allowed',
    );
  });

  test('paths that lead nowhere', async () => {
    await expect(decodeImage('/no/such.png')).rejects.toMatchObject({ code: 'missing-file' });
    await expect(decodeImage(tmpdir())).rejects.toMatchObject({ code: 'bad-file' });
  });

  test('a damaged file on disk is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sparnet-'));
    const file = join(folder, 'broken.png');
    await writeFile(file, (await encodeImage(gradient)).subarray(0, 60));
    await expect(decodeImage(file)).rejects.toThrow(`${file}: damaged`);
    await rm(folder, { recursive: true });
  });
});

test.each(['jpeg', 'png', 'webp'] as const)(
  'damaged bytes of a %s give an image or a typed error',
  async (format) => {
    const bytes = await encodeImage(gradient, { format });
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, fc.integer({ min: 0, max: bytes.length }), async (changes, length) => {
        const damaged = bytes.slice(0, length);
        for (const [at, value] of changes) if (at < length) damaged[at] = value;
        const outcome = decodeImage(damaged, { name: 'damaged', maxPixels: 1e6 });
        expect(await outcome.then(isRgb, isRefusal)).toBe(true);
      }),
      { numRuns: 80 },
    );
  },
);

/** A smooth picture, as lossy formats expect them. */
function ramp(width: number, height: number): Image {
  const image = createImage({ width, height, channels: 3 });
  for (let i = 0; i < image.data.length; i++) {
    const pixel = Math.floor(i / 3);
    image.data[i] = 40 + 4 * (pixel % width) + 3 * Math.floor(pixel / width) + 20 * (i % 3);
  }
  return image;
}

function meanDifference(a: Image, b: Image): number {
  return [...a.data].reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

function isRgb({ width, height, channels, data }: Image): boolean {
  return channels === 3 && data.length === width * height * 3;
}

function isRefusal(error: unknown): boolean {
  return isSparnetError(error, 'bad-image') && error.message.startsWith('damaged: ');
}

/** The PNG with another size in its header, whose checksum is made right again. */
function declaring(png: Uint8Array, width: number, height: number): Uint8Array {
  const bytes = png.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  let crc = -1;
  for (const byte of bytes.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  view.setUint32(29, ~crc >>> 0);
  return bytes;
}
