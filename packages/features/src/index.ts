export {
  featureNetwork,
  featureNetworkNames,
  type FeatureNetwork,
  type FeatureNetworkName,
} from './feature-network.ts';
export { lpips, lpipsBackbones, lpipsNets, type Lpips, type LpipsNet, type LpipsOptions } from './lpips.ts';
