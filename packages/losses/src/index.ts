export {
  adversarialKinds,
  discriminatorLoss,
  generatorLoss,
  type AdversarialKind,
  type AdversarialOptions,
} from './adversarial-loss.ts';
export { featureMatchingLoss } from './feature-matching-loss.ts';
export { gradientPenalty } from './gradient-penalty.ts';
export { identityLoss } from './identity-loss.ts';
export { imagesBetween } from './images-between.ts';
export { lpipsLoss } from './lpips-loss.ts';
export { perceptualLoss } from './perceptual-loss.ts';
export {
  pixelLoss,
  pixelLossKinds,
  pixelReductions,
  type PixelLossKind,
  type PixelReduction,
} from './pixel-loss.ts';
export { scaleReductions, type ScaleReduction } from './scale-reduction.ts';
export { vgg19Network, vgg19TapSides, type Vgg19TapSide } from './vgg19-network.ts';
