import { add, meanOverAll, multiply, scaleBy, spectralWeight } from '@sparnet/engine';
import { ConvLayer, toDisk, type Slot } from '@sparnet/layers';
import { toFloat32, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { gradientWays, type Differentiate } from './gradient-ways.ts';
import { pick, under, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Case {
  id: string;
  cin: number;
  cout: number;
  k: number;
}

interface Json {
  config: { cases: Case[] };
  scalars: Record<string, number>;
  tolerances: { results: { tol: number }; scalars: { tol_relative: number } };
}

/** Far more than the largest singular value needs to settle. */
const manyIterations = 500;

/** Spectral norm over successive forward passes: outputs, vectors, the divided filter, gradients, sigma. */
export async function checkSpectralNorm(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const inputs = await reference.read('inputs');
  const results = await reference.read('results');
  return Object.entries(gradientWays).flatMap(([way, differentiate]) => {
    const found: Record<string, Values> = {};
    const sigmas: Record<string, number> = {};
    for (const one of config.cases) {
      const expects = (name: string): boolean => `${one.id}/${name}` in results;
      const run = runCase(one, under(inputs, `${one.id}/`), differentiate);
      for (const [name, values] of Object.entries(run.found))
        if (expects(name)) found[`${one.id}/${name}`] = values;
      for (const [name, value] of Object.entries(run.sigmas)) sigmas[`${one.id}.${name}`] = value;
    }
    const names = Object.keys(scalars);
    return [
      { name: `results by ${way}`, error: largestError(found, results), tolerance: tolerances.results.tol },
      {
        name: `scalars by ${way}`,
        error: scalarError(
          names.map((name) => sigmas[name] ?? NaN),
          names.map((name) => scalars[name] as number),
        ),
        tolerance: tolerances.scalars.tol_relative,
      },
    ];
  });
}

/** The passes of one case, in the order in which case.json says they were run. */
function runCase({ cin, cout, k }: Case, given: StateDict, differentiate: Differentiate) {
  const layer = new ConvLayer({
    inChannels: cin,
    outChannels: cout,
    kernelSize: k,
    padding: 'none',
    spectralNorm: true,
  });
  const none: StateDict[string] = { dtype: 'F32', shape: [cout], data: new Float32Array(cout) };
  layer.loadStateDict(
    Object.fromEntries(
      ['weight_orig', 'weight_u', 'weight_v', 'bias'].map((key) => [`conv2d.${key}`, given[key] ?? none]),
    ),
  );
  const r = tensorOf(pick(given, 'r'));
  const images = Object.keys(given)
    .filter((name) => name.startsWith('input'))
    .map((_, index) => tensorOf(pick(given, `input${index}`)));
  const [first, second] = images as [tf.Tensor4D, tf.Tensor4D];
  const slots = new Map(layer.slots().map((slot) => [slot.name.replace('conv2d.', ''), slot]));
  const { weight, u, v } = variablesOf(slots);
  const found: Record<string, Values> = {};
  const sigmas: Record<string, number> = {};

  const product = (output: tf.Tensor4D): tf.Scalar => scaleBy(meanOverAll(multiply(output, r)), output.size);
  function pass(name: string, image: tf.Tensor4D, training: boolean): void {
    const parameters = ['weight_orig', 'bias'].map((key) => slots.get(key) as Slot);
    const leaves = [image, ...parameters.map(({ variable }) => variable)];
    const { gradients } = differentiate(() => {
      const output = layer.forward(image, { training });
      found[`${name}.output`] = referenceOrder(output);
      return product(output);
    }, leaves);
    const [ofImage, ...others] = gradients as [tf.Tensor, ...tf.Tensor[]];
    found[`${name}.grad_input`] = referenceOrder(ofImage);
    for (const [index, slot] of parameters.entries())
      found[`${name}.grad_${slot.name.replace('conv2d.', '')}`] = onDisk(others[index] as tf.Tensor, slot);
    tf.dispose(gradients);
    noteState(name);
  }
  function noteState(name: string): void {
    const divided = tf.tidy(() => spectralWeight(weight, { u, v }).dataSync() as Float32Array);
    const filter = slots.get('weight_orig') as Slot;
    found[`${name}.weight`] = toDisk(divided, weight.shape, filter.layout);
    found[`${name}.u`] = onDisk(u, slots.get('weight_u') as Slot);
    found[`${name}.v`] = onDisk(v, slots.get('weight_v') as Slot);
    sigmas[`${name}.sigma`] = lengthOf(toFloat32(pick(given, 'weight_orig'))) / lengthOf(divided);
  }

  pass('eval_before', first, false);
  for (const [index, image] of images.entries()) pass(`step${index}`, image, true);
  const twice = differentiate(
    () =>
      add(
        product(layer.forward(first, { training: true })),
        product(layer.forward(second, { training: true })),
      ),
    [weight],
  );
  noteState('two_forwards');
  found['two_forwards.grad_weight_orig'] = onDisk(
    twice.gradients[0] as tf.Tensor,
    slots.get('weight_orig') as Slot,
  );
  pass('eval_after', first, false);
  for (let count = 0; count < manyIterations; count++)
    tf.tidy(() => void spectralWeight(weight, { u, v }, { iterate: true }));
  noteState('settled');
  sigmas['largest_singular_value'] = sigmas['settled.sigma'] as number;
  tf.dispose([r, images, twice.gradients]);
  layer.dispose();
  return { found, sigmas };
}

function variablesOf(slots: ReadonlyMap<string, Slot>) {
  const variable = (key: string): tf.Variable => (slots.get(key) as Slot).variable;
  return {
    weight: variable('weight_orig') as tf.Variable<tf.Rank.R4>,
    u: variable('weight_u') as tf.Variable<tf.Rank.R1>,
    v: variable('weight_v') as tf.Variable<tf.Rank.R3>,
  };
}

function onDisk(values: tf.Tensor, { layout, variable }: Slot): Float32Array {
  return toDisk(values.dataSync() as Float32Array, variable.shape, layout);
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
