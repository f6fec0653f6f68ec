import { meanOverAll, sweep } from '@sparnet/engine';
import { featureNetwork, lpips, lpipsBackbones, type Lpips, type LpipsNet } from '@sparnet/features';
import { networkWeights } from '@sparnet/features/node';
import type { StateDict, TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { documentedPairs } from './documented-pairs.ts';
import { pick, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Json {
  config: { net: LpipsNet; pairs: string[] };
  scalars: Record<string, { lpips: number; layers: number[]; feature_shapes: number[][] }> & {
    documented?: { lpips: number[] };
  };
  tolerances: { results: { tol: number }; scalars: { tol_relative: number } };
}

/** LPIPS: distances, what each layer adds to them, features and gradients. */
export async function checkLpips(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const { net } = config;
  const inputs = await reference.read('inputs');
  const results = await reference.read('results');
  const backbone = await backboneOf(reference, net);
  const distance = lpips({ net, backbone });
  const features = featureNetwork(lpipsBackbones[net], backbone);
  const tensors: Record<string, Values> = {};
  const found: number[] = [];
  const expected: number[] = [];
  let sameShapes = true;
  for (const pair of config.pairs) {
    const wanted = scalars[pair] as NonNullable<Json['scalars'][string]>;
    const [x0, x1] = ['x0', 'x1'].map((name) => inputOf(pick(inputs, `${pair}/${name}`)));
    const measured = measure(distance, x0 as tf.Tensor4D, x1 as tf.Tensor4D);
    found.push(measured.whole, ...measured.layers);
    expected.push(wanted.lpips, ...wanted.layers);
    tensors[`${pair}/grad_x1`] = measured.gradient;
    const taps = tf.tidy(() =>
      Object.values(features.forward(x0 as tf.Tensor4D)).map((tap) => ({
        shape: tap.shape,
        values: referenceOrder(tap),
      })),
    );
    for (const [index, { values }] of taps.entries()) tensors[`${pair}/x0.feat${index}`] = values;
    const shapes = taps.map(({ shape: [batch, height, width, channels] }) => [
      batch,
      channels,
      height,
      width,
    ]);
    sameShapes &&= JSON.stringify(shapes) === JSON.stringify(wanted.feature_shapes);
    tf.dispose([x0, x1]);
  }
  if (scalars.documented) {
    found.push(...documentedDistances(distance));
    expected.push(...scalars.documented.lpips);
  }
  distance.dispose();
  features.dispose();
  const stored = Object.entries(tensors).filter(([name]) => name in results);
  return [
    {
      name: 'results',
      error: largestError(Object.fromEntries(stored), results),
      tolerance: tolerances.results.tol,
    },
    { name: 'scalars', error: scalarError(found, expected), tolerance: tolerances.scalars.tol_relative },
    { name: 'feature shapes', error: sameShapes ? 0 : Infinity, tolerance: 0 },
  ];
}

/** Random weights that lie beside the case, or those of the public network. */
async function backboneOf(reference: Reference, net: LpipsNet): Promise<StateDict> {
  const random = `backbone-${net}-random`;
  if (existsSync(join(reference.folder, `${random}.safetensors`))) return reference.read(random);
  return networkWeights(lpipsBackbones[net], { offline: true });
}

/** Floats [N,C,H,W] as they are; 8 bits [H,W,C] as RGB in [-1, 1]. */
function inputOf(tensor: TensorData): tf.Tensor4D {
  if (tensor.dtype !== 'U8') return tensorOf(tensor);
  const values = Float32Array.from(tensor.data, (level) => level / 127.5 - 1);
  return tf.tensor4d(values, [1, ...tensor.shape] as [number, number, number, number]);
}

function measure(distance: Lpips, x0: tf.Tensor4D, x1: tf.Tensor4D) {
  const layers = distance.layerDistances(x0, x1);
  const { loss, gradients } = sweep(() => meanOverAll(distance.distance(x0, x1)), [x1]);
  const measured = {
    whole: loss.dataSync()[0] as number,
    layers: layers.map((layer) => layer.dataSync()[0] as number),
    gradient: referenceOrder(gradients[0] as tf.Tensor),
  };
  tf.dispose([layers, loss, gradients]);
  return measured;
}

function documentedDistances(distance: Lpips): number[] {
  return tf.tidy(() => {
    const [first, second] = documentedPairs();
    return [...distance.distance(first, second).dataSync()];
  });
}
