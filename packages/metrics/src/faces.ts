export { cosineSimilarity } from './faces/cosine-similarity.ts';
export {
  identification,
  type Identification,
  type IdentificationAccumulator,
  type IdentificationState,
} from './faces/identification.ts';
export {
  identitySimilarity,
  type IdentityAccumulator,
  type IdentitySimilarity,
  type IdentityState,
} from './faces/identity-similarity.ts';
export {
  landmarkAccuracy,
  type LandmarkAccumulator,
  type LandmarkAccuracy,
  type LandmarkState,
} from './faces/landmark-accuracy.ts';
export { landmarkError, landmarkNorms, type LandmarkNorm } from './faces/landmark-error.ts';
export { openFaceApi, type FaceApi } from './faces/open-face-api.ts';
export type { Point } from './five-points.ts';
