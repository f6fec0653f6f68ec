export {
  lpipsAccumulator,
  type LpipsAccumulator,
  type LpipsState,
  type MeanLpips,
} from './lpips/lpips-accumulator.ts';
export { openLpips, type LpipsMetric } from './lpips/open-lpips.ts';
