import { checkInteger, checkOneOf, invalid } from '@sparnet/core';
import { resample, scope } from '@sparnet/engine';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { alexnet } from './architectures/alexnet.ts';
import type { Architecture, Convolve, Layer } from './architectures/architecture.ts';
import { inception } from './architectures/inception.ts';
import { squeezenet } from './architectures/squeezenet.ts';
import { vgg16, vgg19 } from './architectures/vgg.ts';
import { checkKeys, convolutionsOf } from './check-keys.ts';
import { fixedConvolution, type FixedConvolution } from './fixed-convolution.ts';

/** SqueezeNet 1.1, AlexNet, VGG-16 and VGG-19 as in torchvision; the Inception network that FID is measured with. */
export const featureNetworkNames = ['squeezenet1_1', 'alexnet', 'vgg16', 'vgg19', 'inception-fid'] as const;
export type FeatureNetworkName = (typeof featureNetworkNames)[number];

/** A network with fixed weights that turns images into features. */
export interface FeatureNetwork {
  readonly name: FeatureNetworkName;
  /** The layers whose output `forward` returns, by torchvision's names, in the network's order. */
  readonly taps: readonly string[];
  /**
   * The features of `x` [N,H,W,3], RGB in [-1, 1], under the names of `taps`; each [N,H',W',C]. The network's own
   * normalisation (and for Inception the resize to 299x299) is part of it. Differentiable by `x`.
   */
  forward(x: tf.Tensor4D): Record<string, tf.Tensor4D>;
  /** Free the weights. */
  dispose(): void;
}

/**
 * A feature network with given weights. Layers are as wide as the weights say; what lies behind the last tap is neither
 * wanted nor computed.
 *
 * @param stateDict - Under torchvision's keys (`features.0.weight`, OIHW; `Mixed_5b.branch1x1.conv.weight`); the
 *   classifier of the whole network may be there and is not used.
 * @param options.taps - Names of layers: `features.2` is what layer 2 returns, before a ReLU that follows.
 * @param options.leastWidth - Images narrower than this are enlarged to a square of this side, bilinear without
 *   antialiasing, after the normalisation, whatever their height; default: none are.
 * @throws SparnetError `missing-key` or `bad-state` that lists keys that are missing, left over or of another shape;
 *   `bad-argument` for an unknown name or tap, or a width that is no positive integer.
 */
export function featureNetwork(
  name: FeatureNetworkName,
  stateDict: StateDict,
  { taps, leastWidth = 1 }: { taps?: readonly string[]; leastWidth?: number } = {},
): FeatureNetwork {
  checkOneOf('name', name, featureNetworkNames);
  checkInteger('leastWidth', leastWidth, 1);
  const architecture = architectures[name]();
  const layers = upToLastTap(architecture.layers, taps ?? architecture.taps);
  const tapped = layers
    .map((layer) => layer.name)
    .filter((layer) => (taps ?? architecture.taps).includes(layer));
  checkKeys(name, architecture, layers, stateDict);
  const convolutions = new Map(
    convolutionsOf(layers).map(([key, spec]) => [
      key,
      fixedConvolution(key, spec, architecture.convolution, stateDict),
    ]),
  );
  return {
    name,
    taps: tapped,
    forward(x) {
      if (x.rank !== 4 || x.shape[3] !== 3) throw invalid('x', 'shape [N, H, W, 3]', x.shape);
      return scope(() =>
        tappedFeatures(layers, enlarged(architecture.prepare(x), leastWidth), tapped, convolutions),
      );
    },
    dispose() {
      for (const convolution of convolutions.values()) convolution.dispose();
    },
  };
}

function enlarged(x: tf.Tensor4D, leastWidth: number): tf.Tensor4D {
  if (x.shape[2] >= leastWidth) return x;
  return resample(x, { mode: 'bilinear', size: [leastWidth, leastWidth] });
}

function tappedFeatures(
  layers: readonly Layer[],
  x: tf.Tensor4D,
  taps: readonly string[],
  convolutions: ReadonlyMap<string, FixedConvolution>,
): Record<string, tf.Tensor4D> {
  const features: Record<string, tf.Tensor4D> = {};
  let current = x;
  for (const layer of layers) {
    const convolve: Convolve = (inside, y) => {
      const key = inside === '' ? layer.name : `${layer.name}.${inside}`;
      return (convolutions.get(key) as FixedConvolution).apply(y);
    };
    const next = scope(() => layer.forward(current, convolve));
    // What is not tapped is freed at once; a gradient that needs it has its own hold on it.
    if (!Object.values(features).includes(current)) tf.dispose(current);
    if (taps.includes(layer.name)) features[layer.name] = next;
    current = next;
  }
  return features;
}

const architectures: Record<FeatureNetworkName, () => Architecture> = {
  squeezenet1_1: squeezenet,
  alexnet,
  vgg16,
  vgg19,
  'inception-fid': inception,
};

function upToLastTap(layers: readonly Layer[], taps: readonly string[]): readonly Layer[] {
  const names = layers.map(({ name }) => name);
  for (const tap of taps) checkOneOf('tap', tap, names);
  if (taps.length === 0) throw invalid('taps', 'at least one layer', taps);
  return layers.slice(0, Math.max(...taps.map((tap) => names.indexOf(tap))) + 1);
}
