import { invalid } from '@sparnet/core';
import { centreOf, type Point } from './five-points.ts';

/** Turning, scaling and moving: `(x, y)` goes to `(cos x - sin y + left, sin x + cos y + top)`, the scale in `cos`, `sin`. */
export interface SimilarityTransform {
  cos: number;
  sin: number;
  left: number;
  top: number;
}

/**
 * The similarity transform, without mirroring, that brings the points nearest to their targets in the sense of least
 * squares (Umeyama, 1991; in two dimensions it has this closed form).
 *
 * @throws SparnetError `bad-argument` when a coordinate is not finite or the points fix no transform: all are one, or none
 *   turns them towards the targets.
 */
export function similarityTransform(
  points: readonly Point[],
  targets: readonly Point[],
): SimilarityTransform {
  const from = centreOf(points);
  const to = centreOf(targets);
  let spread = 0;
  let along = 0;
  let across = 0;
  points.forEach((point, i) => {
    const [x, y] = [point.x - from.x, point.y - from.y];
    const [u, v] = [targets[i]!.x - to.x, targets[i]!.y - to.y];
    spread += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  });
  const cos = along / spread;
  const sin = across / spread;
  if (!(cos * cos + sin * sin > 0 && Number.isFinite(cos * cos + sin * sin))) {
    throw invalid(
      'points',
      'finite points that lie apart',
      points.map(({ x, y }) => `(${x}, ${y})`),
    );
  }
  return { cos, sin, left: to.x - cos * from.x + sin * from.y, top: to.y - sin * from.x - cos * from.y };
}
