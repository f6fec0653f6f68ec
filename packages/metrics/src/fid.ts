export { fid } from './fid/fid.ts';
export { fidNetwork, openFeatureExtractor, type FeatureExtractor } from './fid/feature-extractor.ts';
export {
  featureStatistics,
  type FeatureAccumulator,
  type FeatureStatistics,
} from './fid/feature-statistics.ts';
export { frechetDistance, type FrechetDistance } from './fid/frechet-distance.ts';
export { imageStatistics } from './fid/image-statistics.ts';
export { kernelDistance, subsetKernelDistance, type SubsetKernelDistance } from './fid/kernel-distance.ts';
export { formatStatistics, parseStatistics } from './fid/statistics-file.ts';
