export { accumulator, type Accumulator, type AccumulatorState, type MeanScore } from './accumulator.ts';
export { alignFace } from './align-face.ts';
export {
  errorMap,
  type ErrorMap,
  type ErrorMapAccumulator,
  type ErrorMapState,
  type MappedMetric,
} from './error-map.ts';
export { fivePointsOf68, type FivePoints, type Point } from './five-points.ts';
export { toHeatMap, type HeatMap } from './heat-map.ts';
export { improvement, type ImprovementMap } from './improvement.ts';
export { metrics, type Metric, type MetricName } from './metric.ts';
export { msSsim } from './ms-ssim.ts';
export { protocols, type ComparisonOptions, type Protocol } from './protocol.ts';
export { psnr } from './psnr.ts';
export { ssim } from './ssim.ts';
