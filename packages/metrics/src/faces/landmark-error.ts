import { checkOneOf, invalid, SparnetError } from '@sparnet/core';
import type { Point } from '../five-points.ts';

/**
 * What an error in pixels is divided by, measured on the landmarks of the true image:
 *
 * - `face-box`: the square root of the area of their bounding box, sqrt(width * height).
 * - `inter-ocular`: the distance of the outer corners of the eyes, points 36 and 45 of 68.
 */
export type LandmarkNorm = (typeof landmarkNorms)[number];

/** The names of the norms. */
export const landmarkNorms = ['face-box', 'inter-ocular'] as const;

/**
 * The normalised mean error (NME) of landmarks: the mean distance of corresponding points over the size of the face. A
 * fraction: 0.05 is 5 %.
 *
 * @param truth - The landmarks of the true image; the size of the face is theirs.
 * @param found - The landmarks of the image under test, as many and in the same order.
 * @throws SparnetError `bad-argument` when the numbers of points differ or are 0, a coordinate is not finite, the face has
 *   no size, or `inter-ocular` is asked for other than 68 points.
 */
export function landmarkError(
  truth: readonly Point[],
  found: readonly Point[],
  { norm = 'face-box' }: { norm?: LandmarkNorm } = {},
): number {
  if (truth.length === 0 || truth.length !== found.length) {
    throw new SparnetError(
      'bad-argument',
      `expected as many landmarks in both images, got ${truth.length} and ${found.length}`,
    );
  }
  const size = faceSize(truth, norm);
  const sum = truth.reduce((total, point, i) => total + distance(point, found[i]!), 0);
  if (!(size > 0) || !Number.isFinite(sum)) {
    throw invalid(
      'landmarks',
      'finite points that are not all on one line',
      `a mean distance of ${sum} over ${size}`,
    );
  }
  return sum / truth.length / size;
}

function faceSize(points: readonly Point[], norm: LandmarkNorm): number {
  checkOneOf('norm', norm, landmarkNorms);
  if (norm === 'face-box') return Math.sqrt(extent(points, 'x') * extent(points, 'y'));
  if (points.length !== 68)
    throw invalid('landmarks', '68 points for the norm inter-ocular', `${points.length} points`);
  return distance(points[36]!, points[45]!);
}

function extent(points: readonly Point[], axis: 'x' | 'y'): number {
  const values = points.map((point) => point[axis]);
  return Math.max(...values) - Math.min(...values);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
