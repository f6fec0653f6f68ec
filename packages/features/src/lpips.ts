import { SparnetError, checkOneOf, invalid } from '@sparnet/core';
import { add, featureDistance, scope } from '@sparnet/engine';
import { parseSafetensors, toFloat32, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { featureNetwork, type FeatureNetwork, type FeatureNetworkName } from './feature-network.ts';
import { lpipsHeads } from './lpips-heads/lpips-heads.ts';

/** The networks that LPIPS comes with. */
export const lpipsNets = ['squeeze', 'alex', 'vgg'] as const;
export type LpipsNet = (typeof lpipsNets)[number];

/** The feature network that each of them is built on: whose weights `backbone` holds. */
export const lpipsBackbones: Record<LpipsNet, FeatureNetworkName> = {
  squeeze: 'squeezenet1_1',
  alex: 'alexnet',
  vgg: 'vgg16',
};

export interface LpipsOptions {
  net: LpipsNet;
  /** The weights of `lpipsBackbones[net]`; see `featureNetwork`. */
  backbone: StateDict;
  /** `lin0.model.1.weight` [1,C,1,1] and so on; default: those of LPIPS v0.1, which come with this package. */
  heads?: StateDict;
}

/** The LPIPS distance (v0.1) of one network. 0 for equal images, larger for images that look more different. */
export interface Lpips {
  /** The distance of each pair [N], for `a` and `b` [N,H,W,3] in RGB, [-1, 1]. Differentiable by both. */
  distance(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor1D;
  /** What each tap of the network adds to it, [N] each. */
  layerDistances(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor1D[];
  /** Free the weights. */
  dispose(): void;
}

/**
 * LPIPS v0.1 (arXiv 1801.03924): the distance between two images in the features of a network, weighted by heads that
 * were fitted to human judgement.
 *
 * @throws SparnetError `missing-key` or `bad-state` when the weights or the heads don't fit the network.
 */
export function lpips({ net, backbone, heads = headsOf(net) }: LpipsOptions): Lpips {
  checkOneOf('net', net, lpipsNets);
  const network = featureNetwork(lpipsBackbones[net], backbone);
  const weights = headsOrDispose(network, heads);
  const layerDistances = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor1D[] => {
    checkPair(a, b);
    return scope(() => {
      const [ofA, ofB] = [network.forward(a), network.forward(b)];
      return network.taps.map((tap, layer) =>
        featureDistance(
          ofA[tap] as tf.Tensor4D,
          ofB[tap] as tf.Tensor4D,
          weights[layer] as tf.Variable<tf.Rank.R1>,
        ),
      );
    });
  };
  return {
    layerDistances,
    distance: (a, b) => scope(() => layerDistances(a, b).reduce((sum, layer) => add(sum, layer))),
    dispose() {
      network.dispose();
      tf.dispose(weights);
    },
  };
}

/** Those that come with this package. */
function headsOf(net: LpipsNet): StateDict {
  const bytes = Uint8Array.from(atob(lpipsHeads), (character) => character.charCodeAt(0));
  const { tensors } = parseSafetensors(bytes, { name: 'heads of LPIPS' });
  const prefix = `${net}.`;
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, tensor]) => [key.slice(prefix.length), tensor]),
  );
}

function headsOrDispose(network: FeatureNetwork, heads: StateDict): tf.Variable<tf.Rank.R1>[] {
  const made: tf.Variable<tf.Rank.R1>[] = [];
  try {
    for (const layer of network.taps.keys()) made.push(headWeights(heads, `lin${layer}.model.1.weight`));
    return made;
  } catch (error) {
    network.dispose();
    tf.dispose(made);
    throw error;
  }
}

function headWeights(heads: StateDict, key: string): tf.Variable<tf.Rank.R1> {
  const head = heads[key];
  if (!head)
    throw new SparnetError('missing-key', `the heads have no ${key}; give one for each tap of the network`);
  const [one, , rows, columns] = head.shape;
  if (head.shape.length !== 4 || one !== 1 || rows !== 1 || columns !== 1)
    throw new SparnetError(
      'bad-state',
      `${key} has the shape [${head.shape.join(', ')}] instead of [1, C, 1, 1]`,
    );
  return scope(() => tf.variable(tf.tensor1d(Float32Array.from(toFloat32(head))), false));
}

function checkPair(a: tf.Tensor4D, b: tf.Tensor4D): void {
  if (a.shape.join() !== b.shape.join()) throw invalid('b', `shape [${a.shape.join(', ')}]`, b.shape);
}
