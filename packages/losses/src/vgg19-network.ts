import { SparnetError, checkOneOf } from '@sparnet/core';
import { featureNetwork, randomVgg19Weights, type FeatureNetwork } from '@sparnet/features';
import type { StateDict } from '@sparnet/weights';

/**
 * On which side of its ReLU each of the five features is taken. `released`: the first four after, the last before, as in
 * the released code, whose ReLUs work in place; `before` and `after`: all five.
 */
export const vgg19TapSides = ['released', 'before', 'after'] as const;
export type Vgg19TapSide = (typeof vgg19TapSides)[number];

/** The convolutions whose features count: conv1_2, conv2_2, conv3_4, conv4_4, conv5_4. The ReLU is one layer on. */
const convolutions = [2, 7, 16, 25, 34];

/** The width below which the released code enlarges images. */
const leastWidth = 224;

/**
 * VGG-19 as the perceptual loss wants it: five features, and images narrower than 224 pixels enlarged to 224 x 224
 * (bilinear, after the normalisation, whatever their height).
 *
 * @param options.weights - The trained ones: `await networkWeights('vgg19')` of `@sparnet/features/node`.
 * @param options.randomWeights - A seed for random weights instead, for tests of memory and speed at the true size. Their
 *   loss means nothing.
 * @returns The network; the caller's to dispose.
 * @throws SparnetError `missing-file` without either, which says what to fetch; `bad-argument` with both or an unknown side;
 *   what `featureNetwork` throws.
 */
export function vgg19Network({
  weights,
  randomWeights,
  taps = 'released',
}: {
  weights?: StateDict;
  randomWeights?: number;
  taps?: Vgg19TapSide;
}): FeatureNetwork {
  checkOneOf('taps', taps, vgg19TapSides);
  return featureNetwork('vgg19', chosen(weights, randomWeights), {
    taps: convolutions.map((layer, index) => `features.${isBefore(taps, index) ? layer : layer + 1}`),
    leastWidth,
  });
}

function isBefore(taps: Vgg19TapSide, index: number): boolean {
  return taps === 'before' || (taps === 'released' && index === convolutions.length - 1);
}

function chosen(weights: StateDict | undefined, seed: number | undefined): StateDict {
  if (weights !== undefined && seed !== undefined)
    throw new SparnetError('bad-argument', 'vgg19Network takes either weights or randomWeights, got both');
  if (weights !== undefined) return weights;
  if (seed !== undefined) return randomVgg19Weights({ seed });
  throw new SparnetError(
    'missing-file',
    "the perceptual loss needs the trained weights of VGG-19. In Node `await networkWeights('vgg19')` of " +
      '@sparnet/features/node finds them in the folder SPARNET_WEIGHTS or in the cache, or fetches ' +
      'vgg19-dcbb9e9d.pth (575 MB) from download.pytorch.org and checks it; with { path } it reads a file that you ' +
      'have, .pth or .safetensors. Elsewhere read the file with `parseWeights` of @sparnet/weights. To go on without ' +
      'them leave the perceptual loss out, take lpipsLoss with SqueezeNet (5 MB), or, to measure memory and speed ' +
      'only, say { randomWeights: 1 }',
  );
}
