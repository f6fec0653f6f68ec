import { SparnetError, checkInteger, checkOneOf, invalid } from '@sparnet/core';
import { checkImage, type Image } from '@sparnet/image';

/**
 * What of the two images is compared. All take samples of 0 to 255 with a peak of 255.
 *
 * - `sparnet`: luminance of ITU-R BT.601 in 16 .. 235, truncated to 8 bits, as the released code of SPARNet does.
 * - `matlab`: the same luminance, not rounded, as MATLAB's `rgb2ycbcr` gives it for floating-point images.
 * - `matlab-uint8`: the same luminance, rounded to 8 bits, as MATLAB's `rgb2ycbcr` gives it for 8-bit images.
 * - `rgb`: the three channels; PSNR pools their squared errors, SSIM averages their scores.
 *
 * A grey image counts as one whose three channels are equal.
 */
export type Protocol = (typeof protocols)[number];

/** How two images are compared. */
export interface ComparisonOptions {
  protocol?: Protocol;
  /** Pixels cut from each side of both images before they are compared. */
  border?: number;
}

/** The samples of one channel of an image, rows from the top. */
export interface Plane {
  width: number;
  height: number;
  values: Float64Array;
}

/** The names of the protocols. */
export const protocols = ['sparnet', 'matlab', 'matlab-uint8', 'rgb'] as const;

/**
 * The planes of both images that a protocol compares, without the border.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, or the sizes or channels differ, `bad-argument`
 *   when an option is invalid or the border leaves nothing.
 */
export function comparedPlanes(
  a: Image,
  b: Image,
  { protocol = 'sparnet', border = 0 }: ComparisonOptions,
): { a: Plane; b: Plane }[] {
  checkOneOf('protocol', protocol, protocols);
  checkInteger('border', border, 0);
  checkComparable(checkImage(a, 'first image'), checkImage(b, 'second image'));
  if (2 * border >= Math.min(a.width, a.height)) {
    throw invalid('border', `less than half of ${a.width} x ${a.height} pixels`, border);
  }
  if (protocol !== 'rgb') return [{ a: luminance(a, protocol, border), b: luminance(b, protocol, border) }];
  return Array.from({ length: a.channels }, (_, c) => ({
    a: plane(a, border, (at) => a.data[at + c]!),
    b: plane(b, border, (at) => b.data[at + c]!),
  }));
}

function checkComparable(a: Image, b: Image): void {
  const [first, second] = [a, b].map(({ width, height, channels }) => `${width} x ${height} x ${channels}`);
  if (first !== second) {
    throw new SparnetError(
      'bad-image',
      `expected two images of one size, got ${first} and ${second}: resize or convert one of them first`,
    );
  }
  if (a.channels === 4) {
    throw new SparnetError('bad-image', 'expected images without alpha: flatten them with toRgb first');
  }
}

function luminance(image: Image, protocol: Exclude<Protocol, 'rgb'>, border: number): Plane {
  const { channels, data } = image;
  const green = channels === 3 ? 1 : 0;
  const blue = channels === 3 ? 2 : 0;
  const quantise = quantisers[protocol];
  return plane(image, border, (at) =>
    quantise(lumaOfRed[data[at]!]! + lumaOfGreen[data[at + green]!]! + lumaOfBlue[data[at + blue]!]! + 16),
  );
}

const quantisers: Record<Exclude<Protocol, 'rgb'>, (luma: number) => number> = {
  sparnet: Math.trunc,
  matlab: (luma) => luma,
  'matlab-uint8': Math.round,
};

// The coefficient is divided before it multiplies, and 16 comes last: truncation makes the order of rounding matter.
const lumaOfRed = Float64Array.from({ length: 256 }, (_, level) => (65.481 / 255) * level);
const lumaOfGreen = Float64Array.from({ length: 256 }, (_, level) => (128.553 / 255) * level);
const lumaOfBlue = Float64Array.from({ length: 256 }, (_, level) => (24.966 / 255) * level);

/** @param sample - The value of the pixel whose first sample is at that index of the data. */
function plane(image: Image, border: number, sample: (at: number) => number): Plane {
  const width = image.width - 2 * border;
  const height = image.height - 2 * border;
  const values = new Float64Array(width * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let at = ((y + border) * image.width + border) * image.channels;
    for (let x = 0; x < width; x++) {
      values[to++] = sample(at);
      at += image.channels;
    }
  }
  return { width, height, values };
}
