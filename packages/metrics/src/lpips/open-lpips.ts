import { SparnetError } from '@sparnet/core';
import type { LpipsNet } from '@sparnet/features';
import { checkImage, type Image } from '@sparnet/image';
import { featurePackages, importPeer } from '../import-peer.ts';
import { importTfjs } from '../import-tfjs.ts';
import { rgbTensor } from '../rgb-tensor.ts';

/** LPIPS with one network. */
export interface LpipsMetric {
  readonly net: LpipsNet;
  readonly version: typeof lpipsVersion;
  /** For reports: name, version and network, as in `LPIPS 0.1 squeeze`. Values of different networks can't be compared. */
  readonly label: string;
  /**
   * The distance of two images of one size, in RGB, of 8 bits; grey is repeated. 0 for equal images, smaller is better; the
   * order doesn't matter.
   *
   * @throws SparnetError `bad-image` when an image is invalid, smaller than 32 x 32 pixels or has alpha,
   *   or the sizes or channels differ.
   */
  distance(a: Image, b: Image): Promise<number>;
  /** Frees the weights. */
  dispose(): void;
}

/** The version of the weights of the heads. */
export const lpipsVersion = '0.1';

/** Below it some layer of some network has no place left. */
const leastSide = 32;

/**
 * Opens LPIPS (Zhang et al., CVPR 2018) version 0.1. It computes on the engine in use.
 *
 * @param options - `weights` is the `.safetensors` or `.pth` file of the backbone; left out, it is looked up as
 *   `networkWeights` of `@sparnet/features/node` does. The heads come with `@sparnet/features`.
 * @throws SparnetError `missing-package` with the install line when `@sparnet/features` is not installed,
 *   `engine-unavailable` when no engine is in use, and what `networkWeights` and `lpips` of it throw.
 */
export async function openLpips({
  net = 'squeeze',
  weights,
}: { net?: LpipsNet; weights?: string } = {}): Promise<LpipsMetric> {
  const tf = await importTfjs();
  const { lpips, lpipsBackbones, networkWeights } = await importPeer(
    '@sparnet/features',
    importFeatures,
    featurePackages,
  );
  // An unknown net has no backbone; `lpips` names those there are.
  const path = weights === undefined ? {} : { path: weights };
  const backbone = net in lpipsBackbones ? await networkWeights(lpipsBackbones[net], path) : {};
  const metric = lpips({ net, backbone });
  return {
    net,
    version: lpipsVersion,
    label: `LPIPS ${lpipsVersion} ${net}`,
    async distance(a, b) {
      checkPair(a, b);
      const distance = tf.tidy(() => metric.distance(rgbTensor(tf, a), rgbTensor(tf, b)));
      try {
        return (await distance.data())[0]!;
      } finally {
        distance.dispose();
      }
    },
    dispose: () => metric.dispose(),
  };
}

function checkPair(a: Image, b: Image): void {
  checkImage(a, 'first image');
  checkImage(b, 'second image');
  const [first, second] = [a, b].map(({ width, height, channels }) => `${width} x ${height} x ${channels}`);
  if (first !== second) {
    throw new SparnetError(
      'bad-image',
      `expected two images of one size, got ${first} and ${second}: resize or convert one of them first`,
    );
  }
  if (a.channels === 4) {
    throw new SparnetError('bad-image', 'expected images without alpha: flatten them with toRgb first');
  }
  if (Math.min(a.width, a.height) < leastSide) {
    throw new SparnetError(
      'bad-image',
      `LPIPS needs at least ${leastSide} x ${leastSide} pixels, got ${first}`,
    );
  }
}

async function importFeatures() {
  const [{ lpips, lpipsBackbones }, { networkWeights }] = await Promise.all([
    import('@sparnet/features'),
    import('@sparnet/features/node'),
  ]);
  return { lpips, lpipsBackbones, networkWeights };
}
