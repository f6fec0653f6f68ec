import { checkNumber } from '@sparnet/core';

/**
 * The JPEG quality of a compression level as the released code of SPARNetHD (imgaug) means it: 0 is quality 100, the
 * level 10 is 90, 65 is 36 and 100 is 2.
 *
 * @param compression - 0 to 100.
 * @throws SparnetError `bad-argument` for another value.
 */
export function qualityOfCompression(compression: number): number {
  checkNumber('compression', compression, 0, 100);
  return Math.round(1 + 99 * (1 - compression / 101));
}
