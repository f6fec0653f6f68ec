import { SparnetError, checkInteger, checkOneOf, invalid } from '@sparnet/core';
import { checkImage, type Image } from '@sparnet/image';
import { writeChannel, writeLuminance, type Plane } from './plane.ts';
import { reusedBuffer } from './reused-buffer.ts';

/**
 * What of the two images is compared. All take samples of 0 to 255 with a peak of 255.
 *
 * - `sparnet`: luminance of ITU-R BT.601 in 16 .. 235, truncated to 8 bits, as the released code of SPARNet does.
 * - `matlab`: the same luminance, not rounded, as MATLAB's `rgb2ycbcr` gives it for floating-point images.
 * - `matlab-uint8`: the same luminance, rounded to 8 bits, as MATLAB's `rgb2ycbcr` gives it for 8-bit images.
 * - `rgb`: the three channels; PSNR pools their squared errors, SSIM and MS-SSIM average their scores.
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

/** The names of the protocols. */
export const protocols = ['sparnet', 'matlab', 'matlab-uint8', 'rgb'] as const;

/**
 * Calls `visit` with each pair of planes that a protocol compares, without the border: one of luminance, or one for each
 * channel. The planes are `visit`'s to change, and hold something else once it has returned.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, or the sizes or channels differ, `bad-argument`
 *   when an option is invalid or the border leaves nothing.
 */
export function comparePlanes(
  a: Image,
  b: Image,
  { protocol = 'sparnet', border = 0 }: ComparisonOptions,
  visit: (a: Plane, b: Plane) => void,
): void {
  checkOneOf('protocol', protocol, protocols);
  checkInteger('border', border, 0);
  checkComparable(checkImage(a, 'first image'), checkImage(b, 'second image'));
  if (2 * border >= Math.min(a.width, a.height)) {
    throw invalid('border', `less than half of ${a.width} x ${a.height} pixels`, border);
  }
  const width = a.width - 2 * border;
  const height = a.height - 2 * border;
  const first: Plane = { width, height, values: firstBuffer(width * height) };
  const second: Plane = { width, height, values: secondBuffer(width * height) };
  if (protocol !== 'rgb') {
    writeLuminance(a, protocol, border, first);
    writeLuminance(b, protocol, border, second);
    visit(first, second);
    return;
  }
  for (let channel = 0; channel < a.channels; channel++) {
    writeChannel(a, channel, border, first);
    writeChannel(b, channel, border, second);
    visit(first, second);
  }
}

/** The mean of what `visit` gives for the pairs of planes of {@link comparePlanes}, with the same errors. */
export function meanOverPlanes(
  a: Image,
  b: Image,
  options: ComparisonOptions,
  visit: (a: Plane, b: Plane) => number,
): number {
  let sum = 0;
  let count = 0;
  comparePlanes(a, b, options, (first, second) => {
    sum += visit(first, second);
    count += 1;
  });
  return sum / count;
}

const firstBuffer = reusedBuffer();
const secondBuffer = reusedBuffer();

function checkComparable(a: Image, b: Image): void {
  const same = a.width === b.width && a.height === b.height && a.channels === b.channels;
  if (!same) {
    const [first, second] = [a, b].map(({ width, height, channels }) => `${width} x ${height} x ${channels}`);
    throw new SparnetError(
      'bad-image',
      `expected two images of one size, got ${first} and ${second}: resize or convert one of them first`,
    );
  }
  if (a.channels === 4) {
    throw new SparnetError('bad-image', 'expected images without alpha: flatten them with toRgb first');
  }
}
