// LPIPS against the reference numbers of vectors/lpips: distances, their parts, features and gradients, of both kinds.
import '@tensorflow/tfjs';
import { meanOverAll, sweep, useEngine } from '@sparnet/engine';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import { readWeights } from '@sparnet/weights/node';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featureNetwork, lpips, type Lpips } from './index.ts';

interface Case {
  scalars: Record<string, { lpips: number; layers: number[] }>;
  tolerances: { results: { tol: number }; scalars: { tol_relative: number } };
}
const folder = new URL('../../../vectors/lpips/', import.meta.url).pathname;
const read = (file: string): Promise<StateDict> => readWeights(`${folder}${file}.safetensors`);

describe.each(['cpu', 'wasm'] as const)('on %s', (engineName) => {
  beforeAll(async () => {
    const engine = await useEngine(engineName);
    return () => engine.dispose();
  });

  describe('with random weights', () => {
    const json = JSON.parse(readFileSync(`${folder}case.json`, 'utf8')) as Case;
    let backbone: StateDict;
    let images: StateDict;
    let results: StateDict;
    let metric: Lpips;
    beforeAll(async () => {
      [backbone, images, results] = await Promise.all([
        read('backbone-squeeze-random'),
        read('inputs'),
        read('results'),
      ]);
      metric = lpips({ net: 'squeeze', backbone });
    });
    afterAll(() => metric.dispose());

    test.each(['a', 'b'])('pair %s', (pair) => {
      const [x0, x1] = [image(images[`${pair}/x0`]), image(images[`${pair}/x1`])];
      const errors = pairErrors({ metric, backbone, x0, x1, json, results, pair });
      expect(Math.max(...errors.scalars)).toBeLessThan(json.tolerances.scalars.tol_relative);
      expect(Math.max(...errors.tensors)).toBeLessThan(json.tolerances.results.tol);
      tf.dispose([x0, x1]);
    });
  });
});

/** How far off all is that case.json states about a pair. */
function pairErrors(given: {
  metric: Lpips;
  backbone: StateDict;
  x0: tf.Tensor4D;
  x1: tf.Tensor4D;
  json: Case;
  results: StateDict;
  pair: string;
}): { scalars: number[]; tensors: number[] } {
  const { metric, backbone, x0, x1, json, results, pair } = given;
  const { lpips: distance, layers } = json.scalars[pair] as Case['scalars'][string];
  const errors: { scalars: number[]; tensors: number[] } = { scalars: [], tensors: [] };
  tf.tidy(() => {
    const found = metric.layerDistances(x0, x1).map((layer) => layer.dataSync()[0] as number);
    errors.scalars.push(
      scalarError([...metric.distance(x0, x1).dataSync()], [distance]),
      scalarError(found, layers),
    );

    const network = featureNetwork('squeezenet1_1', backbone, { taps: ['features.12'] });
    const last = network.forward(x0)['features.12'] as tf.Tensor4D;
    network.dispose();
    const swept = sweep(() => meanOverAll(metric.distance(x0, x1)), [x1]);
    const [taped] = tf.grads((x) => metric.distance(x0, x as tf.Tensor4D))([x1]);
    for (const gradient of [swept.gradients[0], taped]) {
      const tensors = {
        [`${pair}/x0.feat6`]: nchw(last),
        [`${pair}/grad_x1`]: nchw(gradient as tf.Tensor4D),
      };
      errors.tensors.push(tensorError(tensors, results));
    }
    tf.dispose([swept.loss, swept.gradients]);
  });
  return errors;
}

/** From [N,C,H,W]. */
function image(tensor: TensorData | undefined): tf.Tensor4D {
  const { shape } = tensor as TensorData;
  const values = toFloat32(tensor as TensorData);
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, shape as tf.Tensor4D['shape']), [0, 2, 3, 1]));
}

function nchw(x: tf.Tensor4D): Float32Array {
  return tf.transpose(x, [0, 3, 1, 2]).dataSync() as Float32Array;
}

/** |x - ref| / (|ref| + 0.001), the largest. */
function scalarError(found: readonly number[], wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(
    ...wanted.map((value, i) => Math.abs((found[i] as number) - value) / (Math.abs(value) + 0.001)),
  );
}

/** max|x - ref| / (max|ref| + 0.001 G) with G the largest value of the file. */
function tensorError(found: Record<string, Float32Array>, file: StateDict): number {
  const scale = Math.max(...Object.values(file).map((tensor) => largest(toFloat32(tensor))));
  const errors = Object.entries(found).map(([name, values]) => {
    const wanted = toFloat32(file[name] as TensorData);
    expect(values.length).toBe(wanted.length);
    return (
      largest(values.map((value, i) => value - (wanted[i] as number))) / (largest(wanted) + 0.001 * scale)
    );
  });
  return Math.max(...errors);
}

function largest(values: Float32Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
