import { add, conv2d, leakyRelu, meanOverAll, scaleBy, sweep } from '@sparnet/engine';
import { filterFromDisk, filterToDisk } from '@sparnet/layers';
import {
  discriminatorLoss,
  featureMatchingLoss,
  generatorLoss,
  gradientPenalty,
  imagesBetween,
  pixelLoss,
  type AdversarialKind,
} from '@sparnet/losses';
import { toFloat32, type StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { largestError, scalarError, type Finding, type Values } from './compare.ts';
import { pick, type Reference } from './reference.ts';
import { referenceOrder, tensorOf } from './tensors.ts';

interface Config {
  scales: number;
  features_per_scale: number;
  lambda_gp: number;
  lambda: { pix: number; fm: number; g: number; pcp: number };
}

interface Json {
  config: Config;
  scalars: Record<string, number>;
  tolerances: { grads: { tol: number }; scalars: { tol_relative: number } };
}

type Inputs = Record<string, tf.Tensor>;
type Loss = (inputs: Inputs) => tf.Scalar;

/** Every loss in every reduction, and its gradients in both ways. */
export async function checkLosses(reference: Reference): Promise<Finding[]> {
  const { config, scalars, tolerances } = reference.json as unknown as Json;
  const stored = await reference.read('inputs');
  const gradients = await reference.read('grads');
  const inputs = Object.fromEntries(Object.keys(stored).map((name) => [name, inputOf(stored, name)]));
  const values = Object.keys(scalars).map((name) =>
    tf.tidy(() => lossNamed(name, config)(inputs).dataSync()[0] as number),
  );
  const findings = Object.entries(ways).map(([way, differentiate]): Finding => {
    const found: Record<string, Values> = critics(inputs);
    for (const [name, leaves] of Object.entries(leavesOf(Object.keys(gradients)))) {
      const ofLeaves = tf.tidy(() => differentiate(lossNamed(name, config), inputs, leaves));
      for (const [index, leaf] of leaves.entries()) found[`${name}/grad.${leaf}`] = ofLeaves[index] as Values;
    }
    return {
      name: `grads by ${way}`,
      error: largestError(found, gradients),
      tolerance: tolerances.grads.tol,
    };
  });
  tf.dispose(inputs);
  const error = scalarError(values, Object.values(scalars));
  return [...findings, { name: 'scalars', error, tolerance: tolerances.scalars.tol_relative }];
}

/** The gradients of a loss by the inputs of those names, in the reference's order. */
type Differentiate = (loss: Loss, inputs: Inputs, leaves: string[]) => Float32Array[];

const ways: Record<string, Differentiate> = {
  sweep(loss, inputs, leaves) {
    const tensors = leaves.map((leaf) => inputs[leaf] as tf.Tensor);
    const { loss: value, gradients } = sweep(() => loss(inputs), tensors);
    const found = gradients.map((gradient, index) => outputOf(leaves[index] as string, gradient));
    tf.dispose([value, gradients]);
    return found;
  },
  'tf.grads'(loss, inputs, leaves) {
    const tensors = leaves.map((leaf) => inputs[leaf] as tf.Tensor);
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      const entries = given.map((tensor, index) => [leaves[index], tensor] as const);
      const value = loss({ ...inputs, ...Object.fromEntries(entries) });
      // tfjs refuses leaves without any path to the loss, as a critic's biases have none to the penalty.
      return given.reduce<tf.Scalar>((sum, tensor) => add(sum, scaleBy(meanOverAll(tensor), 0)), value);
    })(tensors);
    return gradients.map((gradient, index) => outputOf(leaves[index] as string, gradient));
  },
};

/** The loss that the reference calls `name`, such as `hinge/release_d`. */
function lossNamed(name: string, config: Config): Loss {
  const [family = '', what = ''] = name.split('/');
  const [term = '', scale = ''] = what.split('.');
  const families: Record<string, () => Loss | undefined> = {
    pix: () => pixelLosses(config)[what],
    fm: () => featureLosses(config, Number(scale))[term],
    pcp: () => featureLosses(config, 0)['perceptual'],
    gp: () => critic(config)[what],
  };
  const loss = (families[family] ?? (() => adversarial(family, config, Number(scale))[term]))();
  if (!loss) throw new Error(`no loss is known by the name of ${name}`);
  return loss;
}

const kinds: Record<string, AdversarialKind> = {
  hinge: 'hinge',
  lsgan: 'lsgan',
  vanilla: 'vanilla',
  wgangp: 'wgan-gp',
  softwgan: 'soft-wgan',
};

/** Scores of real and of made images that cost a discriminator nothing. */
const free: Record<AdversarialKind, { real: number; fake: number }> = {
  hinge: { real: 1, fake: -1 },
  lsgan: { real: 1, fake: 0 },
  vanilla: { real: 1000, fake: -1000 },
  'wgan-gp': { real: 0, fake: 0 },
  'soft-wgan': { real: 1000, fake: -1000 },
};

function adversarial(family: string, config: Config, scale: number): Record<string, Loss> {
  const kind = kinds[family];
  if (!kind) return {};
  const at = (inputs: Inputs, name: string): tf.Tensor4D => inputs[`${name}_score.${scale}`] as tf.Tensor4D;
  const all = (inputs: Inputs, name: string): tf.Tensor4D[] =>
    range(config.scales).map((k) => inputs[`${name}_score.${k}`] as tf.Tensor4D);
  const constant = (value: number): tf.Tensor4D => tf.fill([1, 1, 1, 1], value);
  return {
    d_real: (x) =>
      discriminatorLoss([at(x, 'real')], [constant(free[kind].fake)], { kind, reduction: 'paper' }),
    d_fake: (x) =>
      discriminatorLoss([constant(free[kind].real)], [at(x, 'fake')], { kind, reduction: 'paper' }),
    g: (x) => generatorLoss([at(x, 'fake')], { kind }),
    release_d: (x) => discriminatorLoss(all(x, 'real'), all(x, 'fake'), { kind }),
    release_g: (x) => scaleBy(generatorLoss(all(x, 'fake'), { kind }), config.lambda.g),
    paper_d_sum: (x) => discriminatorLoss(all(x, 'real'), all(x, 'fake'), { kind, reduction: 'paper' }),
    paper_g_sum: (x) => generatorLoss(all(x, 'fake'), { kind, reduction: 'paper' }),
  };
}

function featureLosses(config: Config, scale: number): Record<string, Loss> {
  const layers = (inputs: Inputs, name: string, k: number): tf.Tensor4D[] =>
    range(config.features_per_scale).map((layer) => inputs[`${name}_feat.${k}.${layer}`] as tf.Tensor4D);
  const all = (inputs: Inputs, name: string): tf.Tensor4D[][] =>
    range(config.scales).map((k) => layers(inputs, name, k));
  const ofScale: Loss = (x) => featureMatchingLoss([layers(x, 'real', scale)], [layers(x, 'fake', scale)]);
  return {
    scale: ofScale,
    release: (x) => scaleBy(featureMatchingLoss(all(x, 'real'), all(x, 'fake')), config.lambda.fm),
    paper_sum: (x) => featureMatchingLoss(all(x, 'real'), all(x, 'fake'), { reduction: 'paper' }),
    paper_sum_element_sum(x) {
      const [real, fake] = [all(x, 'real').flat(), all(x, 'fake').flat()];
      return fake
        .map((each, index) =>
          scaleBy(featureMatchingLoss([[real[index] as tf.Tensor4D]], [[each]]), each.size),
        )
        .reduce((a, b) => add(a, b));
    },
    perceptual: (x) => scaleBy(ofScale(x), config.lambda.pcp),
  };
}

function pixelLosses({ lambda }: Config): Record<string, Loss> {
  const loss =
    (...[options]: [Parameters<typeof pixelLoss>[2]]): Loss =>
    ({ sr, hr }) =>
      pixelLoss(sr as tf.Tensor4D, hr as tf.Tensor4D, options);
  return {
    l1_mean: loss({ kind: 'absolute' }),
    mse_mean: loss({ kind: 'squared' }),
    release_hd: (x) => scaleBy(loss({ kind: 'absolute' })(x), lambda.pix),
    paper_l2_squared_per_sample: loss({ kind: 'squared', reduction: 'image' }),
    paper_l1_sum_per_sample: loss({ kind: 'absolute', reduction: 'image' }),
  };
}

function critic({ lambda_gp: weight }: Config): Record<string, Loss> {
  const kind = 'wgan-gp';
  const penalty: Loss = (inputs) => gradientPenalty(criticOf(inputs), between(inputs), { weight });
  const ofDiscriminator: Loss = (inputs) => {
    const scores = criticOf(inputs);
    const [real, fake] = [inputs['hr'], inputs['sr']].map((x) => scores(x as tf.Tensor4D));
    return discriminatorLoss([real as tf.Tensor4D], [fake as tf.Tensor4D], { kind, reduction: 'paper' });
  };
  return {
    penalty,
    critic_d_loss: ofDiscriminator,
    critic_total: (inputs) => add(ofDiscriminator(inputs), penalty(inputs)),
    critic_g_loss: (inputs) => generatorLoss([criticOf(inputs)(inputs['sr'] as tf.Tensor4D)], { kind }),
  };
}

function criticOf(inputs: Inputs): (x: tf.Tensor4D) => tf.Tensor4D {
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => inputs[`critic.${name}`]) as [
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor4D,
    tf.Tensor1D,
  ];
  const padding = { mode: 'zero', size: 1 } as const;
  return (x) => conv2d(leakyRelu(conv2d(x, w1, b1, { stride: 2, padding }), 0.2), w2, b2, { padding });
}

function between(inputs: Inputs): tf.Tensor4D {
  const shares = [...(inputs['gp.alpha'] as tf.Tensor).dataSync()];
  return imagesBetween(inputs['hr'] as tf.Tensor4D, inputs['sr'] as tf.Tensor4D, shares);
}

/** The images in which the critic's slope is taken, and its length in each. */
function critics(inputs: Inputs): Record<string, Values> {
  return tf.tidy(() => {
    const x = between(inputs);
    const score: Loss = () => generatorLoss([criticOf(inputs)(x)], { kind: 'wgan-gp' });
    const size = criticOf(inputs)(x).size;
    const { loss, gradients } = sweep(() => scaleBy(score(inputs), size), [x]);
    const each = tf.reshape(gradients[0] as tf.Tensor, [x.shape[0], -1]);
    const lengths = tf.norm(each, 'euclidean', 1);
    tf.dispose([loss, gradients]);
    return {
      'gp/interpolated': referenceOrder(x),
      'gp/grad_norm_per_sample': lengths.dataSync() as Float32Array,
    };
  });
}

/** Of `hinge/release_d/grad.real_score.0` and the like: the inputs of each loss. */
function leavesOf(keys: string[]): Record<string, string[]> {
  const leaves: Record<string, string[]> = {};
  for (const key of keys) {
    const [loss, leaf] = key.split('/grad.');
    if (loss !== undefined && leaf !== undefined) (leaves[loss] ??= []).push(leaf);
  }
  return leaves;
}

function inputOf(stored: StateDict, name: string): tf.Tensor {
  const tensor = pick(stored, name);
  if (tensor.shape.length !== 4) return tf.tensor(toFloat32(tensor), [...tensor.shape]);
  if (!isFilter(name)) return tensorOf(tensor);
  const [outputs = 0, channels = 0, height = 0, width = 0] = tensor.shape;
  const values = filterFromDisk(toFloat32(tensor), tensor.shape);
  return tf.tensor4d(values, [height, width, channels, outputs]);
}

function outputOf(name: string, gradient: tf.Tensor): Float32Array {
  if (!isFilter(name)) return referenceOrder(gradient);
  return filterToDisk(gradient.dataSync() as Float32Array, gradient.shape);
}

function isFilter(name: string): boolean {
  return /^critic\.w\d$/.test(name);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
