import { SparnetError } from '@sparnet/core';
import type { FeatureNetwork, FeatureNetworkName } from '@sparnet/features';
import { checkImage, createImage, type Image } from '@sparnet/image';
import { featurePackages, importPeer } from '../import-peer.ts';
import { importTfjs } from '../import-tfjs.ts';
import { rgbTensor } from '../rgb-tensor.ts';

/** Turns an image into one vector of features. */
export interface FeatureExtractor {
  /** The network, for {@link FeatureStatistics}. */
  readonly network: string;
  readonly dimensions: number;
  /**
   * The features of an image of any size that the network can take; images of one set should have one size.
   *
   * @throws SparnetError `bad-image` when it is invalid or has alpha.
   */
  features(image: Image): Promise<Float32Array>;
  /** Frees the weights. */
  dispose(): void;
}

/** The name of the network of FID in {@link FeatureExtractor} and {@link FeatureStatistics}. */
export const fidNetwork = 'inception-fid';

/**
 * Opens a network of `@sparnet/features` whose features are compared by {@link frechetDistance}: its last tap, averaged over
 * all places. It computes on the engine in use.
 *
 * The network of FID resizes images to 299 x 299 pixels itself, bilinear without antialiasing, as pytorch-fid does; the
 * others take images as they are.
 *
 * @param options - `name` is a network of `@sparnet/features`, `weights` a `.safetensors` or `.pth` file; left out, the file
 *   is looked up as `networkWeights` of `@sparnet/features/node` does.
 * @throws SparnetError `missing-package` with the install line when `@sparnet/features` is not installed,
 *   `engine-unavailable` when no engine is in use, and what `networkWeights` and `featureNetwork` throw.
 */
export async function openFeatureExtractor({
  name = fidNetwork,
  weights,
}: {
  name?: FeatureNetworkName;
  weights?: string;
} = {}): Promise<FeatureExtractor> {
  const tf = await importTfjs();
  const { mean, tidy } = tf;
  const { featureNetwork, networkWeights } = await importPeer(
    '@sparnet/features',
    importFeatures,
    featurePackages,
  );
  const network = featureNetwork(
    name,
    await networkWeights(name, { ...(weights !== undefined && { path: weights }) }),
  );

  async function features(image: Image): Promise<Float32Array> {
    if (checkImage(image).channels === 4) {
      throw new SparnetError('bad-image', 'expected an image without alpha: flatten it with toRgb first');
    }
    const vector = tidy(() => mean(lastTap(network, rgbTensor(tf, image)), [1, 2]));
    try {
      return (await vector.data()) as Float32Array;
    } finally {
      vector.dispose();
    }
  }
  // One picture tells how many numbers there are, and that the network runs on this engine.
  const { length } = await features(createImage({ width: 64, height: 64, channels: 3 })).catch(
    (error: unknown) => {
      network.dispose();
      throw error;
    },
  );
  return { network: name, dimensions: length, features, dispose: () => network.dispose() };
}

function lastTap(network: FeatureNetwork, x: Parameters<FeatureNetwork['forward']>[0]) {
  return network.forward(x)[network.taps.at(-1)!]!;
}

async function importFeatures() {
  const [{ featureNetwork }, { networkWeights }] = await Promise.all([
    import('@sparnet/features'),
    import('@sparnet/features/node'),
  ]);
  return { featureNetwork, networkWeights };
}
