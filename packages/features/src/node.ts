export { networkWeights, type NetworkWeightsOptions } from './network-weights.ts';
export { weightsFolder } from './weights-folder.ts';
