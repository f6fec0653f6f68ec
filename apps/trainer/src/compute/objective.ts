import type { AdversarialKind, PixelLossKind, PixelReduction, ScaleReduction } from '@sparnet/losses';
import type { DiscriminatorConfig } from '@sparnet/models';

/** Networks whose features a perceptual loss compares; the last has random weights, to measure time and memory by. */
export const perceptualNetworks = ['vgg19', 'lpips-squeeze', 'random-vgg19'] as const;
export type PerceptualNetwork = (typeof perceptualNetworks)[number];

/** What the generator learns from, as plain data: each term with its weight. What is left out is not computed. */
export interface Objective {
  pixel: { kind: PixelLossKind; reduction: PixelReduction; weight: number };
  /** Against discriminators, which learn along. */
  adversarial?: {
    kind: AdversarialKind;
    weight: number;
    /** The weight of matching the discriminators' features; 0 without. */
    featureMatching: number;
    /** How terms of several discriminators are added up. */
    reduction: ScaleReduction;
    discriminator: DiscriminatorConfig;
  };
  perceptual?: {
    network: PerceptualNetwork;
    weight: number;
    /** The file of the network's weights; where not given, the usual places are searched. */
    file?: string | undefined;
  };
  /** The identity of faces, by the recognition network of face-api. */
  identity?: { weight: number };
  /** What a trained network makes of the same input, as a second target of the pixel loss. */
  teacher?: { file: string; weight: number };
  /** Keep only the inputs of the generator's blocks for the backward pass, which runs them again. */
  checkpointing: boolean;
}
