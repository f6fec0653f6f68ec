import { invalid } from '@sparnet/core';

/** A place in an image in pixels: (0, 0) is its upper left corner, (0.5, 0.5) the middle of its first pixel. */
export interface Point {
  x: number;
  y: number;
}

/** The points by which a face is aligned. Left and right are those of the picture. */
export type FivePoints = readonly [
  leftEye: Point,
  rightEye: Point,
  nose: Point,
  leftMouthCorner: Point,
  rightMouthCorner: Point,
];

/**
 * The five points among the 68 landmarks of the common iBUG scheme: each eye the mean of its six, the tip of the nose, the
 * corners of the mouth.
 *
 * @throws SparnetError `bad-argument` when they are not 68.
 */
export function fivePointsOf68(landmarks: readonly Point[]): FivePoints {
  if (landmarks.length !== 68) throw invalid('landmarks', '68 points', landmarks.length);
  const [nose, leftMouthCorner, rightMouthCorner] = [landmarks[30]!, landmarks[48]!, landmarks[54]!];
  return [
    centreOf(landmarks.slice(36, 42)),
    centreOf(landmarks.slice(42, 48)),
    { x: nose.x, y: nose.y },
    { x: leftMouthCorner.x, y: leftMouthCorner.y },
    { x: rightMouthCorner.x, y: rightMouthCorner.y },
  ];
}

/** The centre of gravity of at least one point. */
export function centreOf(points: readonly Point[]): Point {
  const mean = (key: 'x' | 'y') => points.reduce((sum, point) => sum + point[key], 0) / points.length;
  return { x: mean('x'), y: mean('y') };
}
