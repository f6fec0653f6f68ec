import { SparnetError } from '@sparnet/core';
import { fidNetwork } from './feature-extractor.ts';
import type { FeatureStatistics } from './feature-statistics.ts';
import { frechetDistance, type FrechetDistance } from './frechet-distance.ts';

/** Fewer samples than the features have dimensions make covariances singular, and FID too large. */
const fewestSamples = 2048;

/**
 * The Frechet Inception distance (Heusel et al. 2017): {@link frechetDistance} of the features of the one network that FID is
 * measured with. Images are resized to 299 x 299 pixels as pytorch-fid does it, bilinear without antialiasing; another
 * filter, or JPEG files instead of PNG, changes FID by whole units.
 *
 * @returns With a warning for a set of fewer than 2048 images.
 * @throws SparnetError `bad-argument` when the features are of another network, `no-data` when a set has fewer than 2 images.
 */
export function fid(a: FeatureStatistics, b: FeatureStatistics): FrechetDistance {
  const other = [a, b].find(({ network }) => network !== fidNetwork);
  if (other) {
    throw new SparnetError(
      'bad-argument',
      `FID is of features of ${fidNetwork}, got ${other.network}: call it a Frechet distance (frechetDistance)`,
    );
  }
  const result = frechetDistance(a, b);
  const warnings = result.counts.flatMap((count = Infinity, index) =>
    count < fewestSamples
      ? [
          `${index === 0 ? 'the first set' : 'the second set'} has ${count} images, FID needs ${fewestSamples} or more`,
        ]
      : [],
  );
  return { ...result, warnings: [...warnings, ...result.warnings] };
}
