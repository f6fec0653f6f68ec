export { faceRecognitionWeights } from './face-recognition-weights.ts';
export { networkWeights, type NetworkWeightsOptions } from './network-weights.ts';
export { weightsFolder } from './weights-folder.ts';
