import type { Score } from '../result.ts';

/** The error up to which the area is taken, and above which landmarks count as lost: a part of the face's size. */
const limit = 0.1;

/**
 * How many faces kept their landmarks, as part of a sentence that begins with the method: the area under the cumulative
 * curve of the errors (AUC, as `landmarkAccuracy` of `@sparnet/metrics` takes it) and the failures. Nothing where no
 * landmarks were measured.
 */
export function landmarkText({
  images,
}: {
  images: readonly { name: string; nme?: Score }[];
}): string | undefined {
  const errors = images.map(({ nme }) => nme).filter((error) => typeof error === 'number');
  if (errors.length === 0) return undefined;
  const area = errors.reduce((sum, error) => sum + Math.max(0, 1 - error / limit), 0) / errors.length;
  const lost = errors.filter((error) => error > limit).length;
  return `area under the curve of the landmarks' errors up to ${100 * limit} % (AUC) ${area.toFixed(4)}; further off: ${lost} of ${errors.length}`;
}
