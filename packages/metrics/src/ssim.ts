import type { Image } from '@sparnet/image';
import { checkLeastSide } from './check-least-side.ts';
import { windowSize } from './gaussian-window.ts';
import { meanOverPlanes, type ComparisonOptions } from './protocol.ts';
import { similarity } from './similarity.ts';

/**
 * The structural similarity of two images (Wang et al., IEEE TIP 2004): Gaussian window of 11 x 11 samples with sigma 1.5,
 * K1 = 0.01, K2 = 0.03, population covariance, averaged over all places where the window lies inside the image, as
 * scikit-image computes it. The order of the images doesn't matter. Equal images give 1.
 *
 * @throws SparnetError `bad-image` when an image is invalid, has alpha, is smaller than 11 x 11 pixels without its border,
 *   or the sizes or channels differ, `bad-argument` when an option is invalid or the border leaves nothing.
 */
export function ssim(a: Image, b: Image, options: ComparisonOptions = {}): number {
  return meanOverPlanes(a, b, options, (first, second) => {
    checkLeastSide('SSIM', first, windowSize);
    return similarity(first, second).meanSsim;
  });
}
