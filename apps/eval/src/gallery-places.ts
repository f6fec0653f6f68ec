import { toNumber, type GalleryEntry, type ImageScores, type MetricInfo } from './result.ts';

/** A picture chosen to be shown. */
export type GalleryPlace = Pick<GalleryEntry, 'name' | 'place' | 'metric' | 'score'>;

/**
 * The pictures to show of an evaluation: up to `each` best, `each` worst, and `each` around the median, by one metric;
 * no picture twice, and none in which the metric could not be measured.
 */
export function galleryPlaces(
  images: readonly ImageScores[],
  { metric, info, each }: { metric: string; info: MetricInfo; each: number },
): GalleryPlace[] {
  const sign = info.higherIsBetter ? -1 : 1;
  const ranked = images
    .filter((row) => (row[metric] ?? null) !== null)
    .map(({ name, [metric]: score = null }) => ({ name, score }))
    .toSorted(
      (a, b) => compare(sign * toNumber(a.score), sign * toNumber(b.score)) || (a.name < b.name ? -1 : 1),
    );
  const worstFrom = Math.max(each, ranked.length - each);
  const middleFrom = Math.max(each, Math.floor((ranked.length - each) / 2));
  const parts = {
    best: ranked.slice(0, each),
    median: ranked.slice(middleFrom, Math.min(middleFrom + each, worstFrom)),
    worst: ranked.slice(worstFrom),
  };
  return (['best', 'median', 'worst'] as const).flatMap((place) =>
    parts[place].map(({ name, score }) => ({ name, place, metric, score })),
  );
}

/** Infinities, which subtraction can't compare, included. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
