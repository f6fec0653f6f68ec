export { compareResults, type Comparison } from './compare-results.ts';
export { measureDistance, type DistanceOptions, type SetDistance } from './distance/measure-distance.ts';
export type { EvaluateOptions } from './evaluate-options.ts';
export { evaluate, type EvaluateControl } from './evaluate.ts';
export { faceSquare } from './pictures/face-square.ts';
export { mergeResults, type NamedResult } from './merge-results.ts';
export {
  readResult,
  type EvaluationInputs,
  type EvaluationResult,
  type GalleryEntry,
  type ImageScores,
  type MetricInfo,
  type MetricSummary,
  type Score,
} from './result.ts';
