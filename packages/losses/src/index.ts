export {
  pixelLoss,
  pixelLossKinds,
  pixelReductions,
  type PixelLossKind,
  type PixelReduction,
} from './pixel-loss.ts';
