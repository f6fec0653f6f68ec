import { sweep } from '@sparnet/engine';
import type { FeatureNetwork } from '@sparnet/features';
import { perceptualLoss, vgg19Network } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { pick, type Reference } from './reference.ts';
import { channelsFirst, referenceOrder, tensorOf } from './tensors.ts';

interface Sampled {
  shape: number[];
  sample_steps_c_h_w: [number, number, number];
  mean: number;
  mean_abs: number;
  std_population: number;
}

interface Json {
  config: { cases: string[] };
  scalars: Record<string, number | Sampled>;
  tolerances: { features: { tol: number }; grads: { tol: number }; scalars: { tol_relative: number } };
}

/** The perceptual loss on VGG-19: its five features, each one's part of the loss, and the gradient in both ways. */
export async function checkVgg19Perceptual(reference: Reference): Promise<Finding[]> {
  const json = reference.json as unknown as Json;
  const { config, scalars, tolerances } = json;
  const inputs = await reference.read('inputs');
  const features = await reference.read('features');
  const gradients = await reference.read('grads');
  const network = vgg19Network({ weights: await reference.read('weights') });
  const foundFeatures: Record<string, Values> = {};
  const foundScalars: Record<string, number> = {};
  const foundGradients: Record<string, Record<string, Values>> = {};
  for (const name of config.cases) {
    const [sr, hr] = ['sr', 'hr'].map((image) => tensorOf(pick(inputs, `${name}/${image}`))) as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    tf.tidy(() => {
      const taps = Object.values(network.forward(sr));
      for (const [index, tap] of taps.entries()) {
        const key = `${name}/sr.feat${index}`;
        const statistics = scalars[`${name}.sr.feat${index}`];
        if (typeof statistics !== 'object') foundFeatures[key] = referenceOrder(tap);
        else {
          foundFeatures[`${key}.sample`] = sampleOf(tap, statistics);
          Object.assign(foundScalars, statisticsOf(`${name}.sr.feat${index}`, tap));
        }
      }
      Object.assign(foundScalars, lossesOf(name, sr, hr, network));
    });
    for (const [way, gradient] of Object.entries(ways))
      (foundGradients[way] ??= {})[`${name}/grad_sr`] = gradient(sr, hr, network);
    tf.dispose([sr, hr]);
  }
  network.dispose();
  const expected = flat(scalars);
  const names = Object.keys(expected);
  return [
    { name: 'features', error: largestError(foundFeatures, features), tolerance: tolerances.features.tol },
    ...Object.entries(foundGradients).map(([way, found]) => ({
      name: `grads by ${way}`,
      error: largestError(found, gradients),
      tolerance: tolerances.grads.tol,
    })),
    {
      name: 'scalars',
      error: scalarError(
        names.map((name) => foundScalars[name] ?? NaN),
        names.map((name) => expected[name] as number),
      ),
      tolerance: tolerances.scalars.tol_relative,
    },
  ];
}

const ways: Record<string, (sr: tf.Tensor4D, hr: tf.Tensor4D, network: FeatureNetwork) => Float32Array> = {
  sweep(sr, hr, network) {
    const { loss, gradients } = sweep(() => perceptualLoss(sr, hr, { network }), [sr]);
    const values = referenceOrder(gradients[0] as tf.Tensor);
    tf.dispose([loss, gradients]);
    return values;
  },
  'tf.grads'(sr, hr, network) {
    return tf.tidy(() => {
      const gradient = tf.grad((x) => perceptualLoss(x as tf.Tensor4D, hr, { network }))(sr);
      return referenceOrder(gradient);
    });
  },
};

/** The loss, and the part that each feature has in it. */
function lossesOf(
  name: string,
  sr: tf.Tensor4D,
  hr: tf.Tensor4D,
  network: FeatureNetwork,
): Record<string, number> {
  const lossWith = (layerWeights: number[]): number =>
    perceptualLoss(sr, hr, { network, layerWeights }).dataSync()[0] as number;
  const parts = network.taps.map((_, index): [string, number] => [
    `${name}.l1_feat${index}`,
    lossWith(network.taps.map((__, layer) => (layer === index ? 1 : 0))),
  ]);
  return { ...Object.fromEntries(parts), [`${name}.loss`]: lossWith(network.taps.map(() => 1)) };
}

/** feature[:, ::c, ::h, ::w] in the reference's order. */
function sampleOf(tap: tf.Tensor4D, { sample_steps_c_h_w: [c, h, w] }: Sampled): Float32Array {
  const sample = tf.stridedSlice(tap, [0, 0, 0, 0], tap.shape, [1, h, w, c]) as tf.Tensor4D;
  return channelsFirst(sample.dataSync(), sample.shape);
}

function statisticsOf(name: string, tap: tf.Tensor4D): Record<string, number> {
  const values = Array.from(tap.dataSync());
  const mean = (of: (value: number) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0) / values.length;
  const average = mean((value) => value);
  return {
    [`${name}.mean`]: average,
    [`${name}.mean_abs`]: mean(Math.abs),
    [`${name}.std_population`]: Math.sqrt(mean((value) => (value - average) ** 2)),
    ...Object.fromEntries(
      [0, 3, 1, 2].map((axis, place) => [`${name}.shape.${place}`, tap.shape[axis] as number]),
    ),
  };
}

/** Every number under its name; those of a sampled feature one by one. */
function flat(scalars: Json['scalars']): Record<string, number> {
  const entries = Object.entries(scalars).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[name, value]];
    const { shape, mean, mean_abs, std_population } = value;
    const sides = shape.map((side, place): [string, number] => [`${name}.shape.${place}`, side]);
    const numbers = Object.entries({ mean, mean_abs, std_population });
    return [...sides, ...numbers.map(([key, number]): [string, number] => [`${name}.${key}`, number])];
  });
  return Object.fromEntries(entries);
}
