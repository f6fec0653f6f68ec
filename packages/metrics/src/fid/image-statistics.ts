import type { Image } from '@sparnet/image';
import type { FeatureExtractor } from './feature-extractor.ts';
import { featureStatistics, type FeatureStatistics } from './feature-statistics.ts';

/**
 * The statistics of the features of images, which are read one after another and not kept.
 *
 * @throws SparnetError `no-data` when there are no images, `bad-image` when one is invalid.
 */
export async function imageStatistics(
  images: Iterable<Image> | AsyncIterable<Image>,
  extractor: FeatureExtractor,
): Promise<FeatureStatistics> {
  const statistics = featureStatistics(extractor);
  for await (const image of images) statistics.update(await extractor.features(image));
  return statistics.compute();
}
