import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crop, toRgb, type Image } from '@sparnet/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jpegArtifacts, type Subsampling } from './jpeg-artifacts.ts';

interface Header {
  [name: string]: { shape: [number, number, 3]; data_offsets: [number, number] };
}

const folder = new URL('../../../../vectors/degrade/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as {
  cases: { jpeg: { id: string; quality: number; subsampling: '444' | '420' }[] };
};
const reference = readImages('images.safetensors');

test.each(cases.jpeg)('$id: the pixels that libjpeg decodes', ({ id, quality, subsampling }) => {
  const result = jpegArtifacts(reference('input'), {
    quality,
    subsampling: subsampling === '444' ? '4:4:4' : '4:2:0',
  });
  expect(result).toEqual(reference(`jpeg-${id}`));
});

// Hashes of what Pillow 12.3 (libjpeg-turbo 3.1.4) decodes from its own file of `picture`:
//   Image.fromarray(picture).save(file, 'JPEG', quality=quality, subsampling=subsampling)
//   hashlib.sha256(numpy.array(Image.open(file)).tobytes()).hexdigest()[:16]
test.each<[number, number, 1 | 3, number, Subsampling, 'full' | 'binary', string]>([
  [1, 1, 3, 1, '4:4:4', 'binary', '75c8fd04ad916aec'],
  [1, 1, 3, 95, '4:2:2', 'full', 'c644ea0e5ead056f'],
  [1, 1, 3, 30, '4:2:0', 'full', 'dd396ce4cddfe57b'],
  [1, 9, 3, 1, '4:4:4', 'binary', '4568f19131df161b'],
  [1, 9, 3, 95, '4:2:2', 'full', 'c3a7ad09b181ebc9'],
  [1, 9, 3, 30, '4:2:0', 'full', 'a4a47bf0b0ae8a63'],
  [9, 1, 3, 1, '4:4:4', 'binary', '7047225e72d9bcad'],
  [9, 1, 3, 95, '4:2:2', 'full', '3d212a6e4d103c41'],
  [9, 1, 3, 30, '4:2:0', 'full', 'f0f5ee8ff2cca3d0'],
  [4, 5, 3, 1, '4:4:4', 'binary', '071575fd54c34f2e'],
  [4, 5, 3, 95, '4:2:2', 'full', 'b1fff27e68425fb1'],
  [4, 5, 3, 30, '4:2:0', 'full', '805921dd07d32aed'],
  [5, 4, 3, 1, '4:4:4', 'binary', 'caa3af35da889c56'],
  [5, 4, 3, 95, '4:2:2', 'full', 'bc75350820472e1a'],
  [5, 4, 3, 30, '4:2:0', 'full', '66d06a287961c82a'],
  [16, 16, 3, 1, '4:4:4', 'binary', '941fb0cfff2bfd14'],
  [16, 16, 3, 95, '4:2:2', 'full', '1581ccc4164a1b37'],
  [16, 16, 3, 30, '4:2:0', 'full', '7dad14122219c325'],
  [17, 15, 3, 1, '4:4:4', 'binary', '0d144842230896a5'],
  [17, 15, 3, 95, '4:2:2', 'full', '889d40bca1221bdb'],
  [17, 15, 3, 30, '4:2:0', 'full', '3a21fc266ef309e3'],
  [33, 18, 3, 1, '4:4:4', 'binary', '2ae11a1eb7460eca'],
  [33, 18, 3, 95, '4:2:2', 'full', '45c70f6ca4d9f6c4'],
  [33, 18, 3, 30, '4:2:0', 'full', '9f1471de7b521fd8'],
  [40, 27, 3, 1, '4:4:4', 'binary', '345f515dab13b9a5'],
  [40, 27, 3, 95, '4:2:2', 'full', '1e2ba11ca8ebb14e'],
  [40, 27, 3, 30, '4:2:0', 'full', 'de8a09aeca05f1cc'],
  [1, 1, 1, 50, '4:2:0', 'full', '6e340b9cffb37a98'],
  [7, 19, 1, 1, '4:2:0', 'binary', '4ef5ccc2e2413c76'],
  [21, 8, 1, 80, '4:2:0', 'full', '1ec932be94db0c7a'],
])(
  '%i x %i x %i, quality %i, %s, %s contrast: as Pillow',
  (width, height, channels, quality, subsampling, contrast, hash) => {
    const { data } = jpegArtifacts(picture(width, height, channels, contrast), { quality, subsampling });
    expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(hash);
  },
);

const side = fc.integer({ min: 1, max: 40 });
const level = fc.integer({ min: 0, max: 255 });
const options = fc.record({
  quality: fc.integer({ min: 1, max: 100 }),
  subsampling: fc.constantFrom<Subsampling>('4:4:4', '4:2:2', '4:2:0'),
});

test('a flat image stays flat', () => {
  fc.assert(
    fc.property(side, side, fc.tuple(level, level, level), options, (width, height, colour, given) => {
      const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!);
      const result = jpegArtifacts({ width, height, channels: 3, data }, given);
      expect(result.data).toEqual(data.map((_, i) => result.data[i % 3]!));
    }),
  );
});

test('a colourless image comes out as the grey one does', () => {
  fc.assert(
    fc.property(greyImages(), options, (grey, given) => {
      const colourless = toRgb(grey);
      expect(jpegArtifacts(colourless, given)).toEqual(toRgb(jpegArtifacts(grey, given)));
    }),
  );
});

test('whole blocks of a grey image do not depend on the rest', () => {
  const grey = picture(40, 32, 1, 'full');
  const part = { left: 8, top: 16, width: 24, height: 16 };
  expect(jpegArtifacts(crop(grey, part), { quality: 40 })).toEqual(
    crop(jpegArtifacts(grey, { quality: 40 }), part),
  );
});

test('quality 100 is nearly the image', () => {
  const image = reference('input');
  const { data } = jpegArtifacts(image, { quality: 100, subsampling: '4:4:4' });
  const errors = Array.from(data, (value, i) => Math.abs(value - image.data[i]!));
  expect(Math.max(...errors)).toBeLessThanOrEqual(4);
  expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(0.8);
});

test('colour is subsampled 4:2:0 by default', () => {
  const image = picture(20, 20, 3, 'full');
  const result = jpegArtifacts(image, { quality: 60 });
  expect(result).toEqual(jpegArtifacts(image, { quality: 60, subsampling: '4:2:0' }));
  expect(result).not.toEqual(jpegArtifacts(image, { quality: 60, subsampling: '4:4:4' }));
});

test('the input is left as it was, and clamped samples give the same', () => {
  const image = picture(19, 11, 3, 'full');
  const copy = { ...image, data: Uint8ClampedArray.from(image.data) };
  expect(jpegArtifacts(copy, { quality: 20 })).toEqual(jpegArtifacts(image, { quality: 20 }));
  expect(image).toEqual(picture(19, 11, 3, 'full'));
});

test.each([
  { quality: 0, message: 'expected integer between 1 and 100 for quality, got 0' },
  { quality: 101, message: 'expected integer between 1 and 100 for quality, got 101' },
  { quality: 50.5, message: 'expected integer between 1 and 100 for quality, got 50.5' },
  {
    quality: 50,
    subsampling: '4:1:1',
    message: 'expected one of 4:4:4, 4:2:2, 4:2:0 for subsampling, got "4:1:1"',
  },
])('refuses: $message', ({ quality, subsampling, message }) => {
  const given = { quality, ...(subsampling && { subsampling: subsampling as Subsampling }) };
  expect(() => jpegArtifacts(picture(8, 8, 3, 'full'), given)).toThrow(
    expect.objectContaining({ code: 'bad-argument', message }),
  );
});

test('refuses alpha and says what to do', () => {
  const image: Image = { width: 1, height: 1, channels: 4, data: new Uint8Array(4) };
  expect(() => jpegArtifacts(image, { quality: 50 })).toThrow(
    expect.objectContaining({ code: 'bad-image', message: expect.stringContaining('toRgb') }),
  );
});

/** Sample i is (61 i^2 / 8) mod 256, or only its highest bit. */
function picture(width: number, height: number, channels: 1 | 3, contrast: 'full' | 'binary'): Image {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (61 * i * i) >> 3);
  return {
    width,
    height,
    channels,
    data: contrast === 'full' ? data : data.map((value) => (value >> 7) * 255),
  };
}

function greyImages(): fc.Arbitrary<Image> {
  return fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height, maxLength: width * height })
        .map((data): Image => ({ width, height, channels: 1, data })),
    );
}

function readImages(file: string): (name: string) => Image {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Header;
  return (name) => {
    const {
      shape: [height, width, channels],
      data_offsets: [from, to],
    } = header[name]!;
    return { width, height, channels, data: bytes.slice(start + from, start + to) };
  };
}
