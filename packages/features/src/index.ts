export { faceRecognition, type FaceRecognition } from './face-recognition.ts';
export {
  featureNetwork,
  featureNetworkNames,
  type FeatureNetwork,
  type FeatureNetworkName,
} from './feature-network.ts';
export { lpips, lpipsBackbones, lpipsNets, type Lpips, type LpipsNet, type LpipsOptions } from './lpips.ts';
export { randomVgg19Weights } from './random-vgg19-weights.ts';
