import type { Image } from '@sparnet/image';
import { checkLeastSide } from './check-least-side.ts';
import { windowSize } from './gaussian-window.ts';
import type { Plane } from './plane.ts';
import { meanOverPlanes, type ComparisonOptions } from './protocol.ts';
import { similarity } from './similarity.ts';

/** The exponents of the five scales, finest first (Wang et al., 2003, section 4). */
const exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;

/** Every scale halves the sides and drops an odd row or column; the window must fit the coarsest. */
const leastSide = windowSize * 2 ** (exponents.length - 1);

/**
 * The multi-scale structural similarity of two images (Wang, Simoncelli and Bovik, Asilomar 2003): the mean contrast and
 * structure at scales 1 to 4 and the mean SSIM at scale 5, negative means set to 0, each to the power of its scale,
 * multiplied. A scale has the means of 2 x 2 samples of the one before; window and constants are those of {@link ssim}.
 * Protocol `rgb` averages the scores of the channels. The order of the images doesn't matter. Equal images give 1.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, is smaller than 176 x 176 pixels without its border,
 *   or the sizes or channels differ, `bad-argument` when an option is invalid or the border leaves nothing.
 */
export function msSsim(a: Image, b: Image, options: ComparisonOptions = {}): number {
  return meanOverPlanes(a, b, options, (first, second) => {
    checkLeastSide('MS-SSIM', first, leastSide);
    return planeMsSsim(first, second);
  });
}

function planeMsSsim(a: Plane, b: Plane): number {
  let score = 1;
  exponents.forEach((exponent, scale) => {
    if (scale > 0) [a, b] = [halved(a), halved(b)];
    const { meanSsim, meanStructure } = similarity(a, b);
    const mean = scale === exponents.length - 1 ? meanSsim : meanStructure;
    score *= Math.max(0, mean) ** exponent;
  });
  return score;
}

function halved({ width: fullWidth, height: fullHeight, values: full }: Plane): Plane {
  const width = fullWidth >> 1;
  const height = fullHeight >> 1;
  const values = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const upper = 2 * y * fullWidth;
    const lower = upper + fullWidth;
    for (let x = 0; x < width; x++) {
      const left = 2 * x;
      values[y * width + x] =
        (full[upper + left]! + full[upper + left + 1]! + full[lower + left]! + full[lower + left + 1]!) / 4;
    }
  }
  return { width, height, values };
}
