import { readFile } from 'node:fs/promises';
import { useEngine } from '@sparnet/engine';
import { parseSafetensors, toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  Activation,
  ConvLayer,
  FaceAttentionUnit,
  Norm,
  SpatialAttention,
  type ActivationType,
  type AttentionListener,
  type Module,
  type NormType,
  type Scale,
} from './index.ts';

const folder = new URL('../../../vectors/blocks/', import.meta.url);

/** Arguments in the reference's words. */
interface Arguments {
  in_channels: number;
  out_channels: number;
  channels: number;
  kernel_size?: number;
  scale?: Scale;
  use_pad?: boolean;
  norm_type?: string;
  relu_type?: string;
  depth: number;
  c_in: number;
  c_out: number;
  c_mid: number;
  hg_depth: number;
  att_name: string;
}

interface Case {
  id: string;
  args: Arguments;
  mid: number;
}

interface CaseFile {
  config: { cases: Record<string, Case[]> };
  tolerances: Record<string, { tol: number }>;
}

const norms: Record<string, NormType> = {
  bn: 'batch',
  in: 'instance',
  gn: 'group',
  pixel: 'pixel',
  none: 'none',
};
const activations: Record<string, ActivationType> = {
  leakyrelu: 'leaky-relu',
  prelu: 'prelu',
  relu: 'relu',
  selu: 'selu',
  none: 'none',
};

const build: Record<string, (given: Case) => Module> = {
  conv: ({ args }) =>
    new ConvLayer({
      inChannels: args.in_channels,
      outChannels: args.out_channels,
      kernelSize: args.kernel_size ?? 3,
      scale: args.scale ?? 'none',
      padding: args.use_pad === false ? 'none' : 'reflect',
      ...styleOf(args),
    }),
  hourglass: ({ args }) =>
    new SpatialAttention({
      channels: args.c_in,
      type: args.c_out === 1 ? '2d' : '3d',
      hourglassWidth: args.c_mid,
      hourglassDepth: args.depth,
      ...styleOf(args),
    }),
  residual: ({ args, mid }) =>
    new FaceAttentionUnit({
      inChannels: args.c_in,
      outChannels: args.c_out,
      scale: args.scale ?? 'none',
      attention: args.att_name === 'spar3d' ? '3d' : '2d',
      hourglassWidth: mid,
      hourglassDepth: args.hg_depth,
      ...styleOf(args),
    }),
  norm: ({ args }) => new Norm({ type: styleOf(args).norm, channels: args.channels }),
  act: ({ args }) => new Activation({ type: styleOf(args).activation, channels: args.channels }),
};

const caseFile = JSON.parse(await readFile(new URL('case.json', folder), 'utf8')) as CaseFile;

describe.each(['cpu', 'wasm'] as const)('reference blocks on %s', (engineName) => {
  beforeAll(async () => {
    await useEngine(engineName);
  });

  test.each(Object.keys(caseFile.config.cases))('%s', async (kind) => {
    const { tensors } = parseSafetensors(await readFile(new URL(`${kind}.safetensors`, folder)));
    const scale = largest(tensors);
    const errors: Record<string, number> = {};
    for (const given of caseFile.config.cases[kind] as Case[]) {
      const results = await resultsOf(build[kind]?.(given) as Module, given.id, tensors);
      const wanted = Object.keys(tensors).filter((key) => isResult(key, given.id));
      expect(Object.keys(results).toSorted()).toEqual(wanted.toSorted());
      for (const key of wanted)
        errors[key] = gap(results[key] as TensorData, tensors[key] as TensorData, scale);
    }
    const tolerance = caseFile.tolerances[kind]?.tol ?? 0;
    expect(Object.entries(errors).filter(([, error]) => !(error <= tolerance))).toEqual([]);
  });
});

function styleOf({ norm_type: norm = 'none', relu_type: activation = 'none' }: Arguments) {
  return { norm: norms[norm] as NormType, activation: activations[activation] as ActivationType };
}

/** Run a block forward and backward as the reference did, under the reference's names. */
async function resultsOf(module: Module, id: string, tensors: StateDict): Promise<StateDict> {
  const prefix = `${id}/w.`;
  const weights = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
  const state = Object.fromEntries(weights.map(([key, value]) => [key.slice(prefix.length), value]));
  const tracks = Object.keys(state).some((key) => key.includes('running'));
  const results: StateDict = {};
  for (const mode of tracks ? ['eval.', 'train.'] : ['']) {
    module.loadStateDict(state);
    const before = tf.memory().numTensors;
    Object.assign(results, await oneMode(module, `${id}/`, mode, tensors));
    expect(tf.memory().numTensors).toBe(before);
  }
  module.dispose();
  return results;
}

async function oneMode(module: Module, prefix: string, mode: string, tensors: StateDict): Promise<StateDict> {
  const x = fromDisk(tensors[`${prefix}input`] as TensorData);
  const r = fromDisk(tensors[`${prefix}r`] as TensorData);
  const parameters = module.slots().filter(({ kind }) => kind === 'parameter');
  const maps: tf.Tensor4D[] = [];
  const attention: AttentionListener = (_, map) => maps.push(tf.keep(map.clone()));
  // A layer that does nothing returns its input, which tfjs can't differentiate without the copy.
  const forward = (...[input]: tf.Tensor[]): tf.Tensor =>
    module.forward(input as tf.Tensor4D, { training: mode === 'train.', attention }).clone();
  // The reference's loss is sum(output * r).
  const { value, grads } = tf.valueAndGrads(forward)([x, ...parameters.map(({ variable }) => variable)], r);
  const results: StateDict = {
    [`${prefix}${mode}output`]: await toDisk(value as tf.Tensor4D),
    [`${prefix}${mode}grad_input`]: await toDisk(grads[0] as tf.Tensor4D),
  };
  for (const map of maps) results[`${prefix}${mode}att`] = await toDisk(map);
  for (const [index, { name, layout }] of parameters.entries()) {
    const gradient = grads[index + 1] as tf.Tensor;
    const onDisk = layout === 'filter' ? gradient.transpose([3, 2, 0, 1]) : gradient.clone();
    results[`${prefix}${mode}grad.${name}`] = await plain(onDisk);
    onDisk.dispose();
  }
  for (const [key, buffer] of Object.entries(await module.stateDict())) {
    if (mode !== 'train.') break;
    if (key.includes('running')) results[`${prefix}${mode}after.${key}`] = buffer;
    if (key.includes('num_batches')) expect(buffer.data).toEqual(plusOne(tensors[`${prefix}w.${key}`]));
  }
  tf.dispose([x, r, value, ...maps, ...grads]);
  return results;
}

function plusOne(counter: TensorData | undefined): BigInt64Array {
  return BigInt64Array.from(counter?.data as BigInt64Array, (value) => value + 1n);
}

function isResult(key: string, id: string): boolean {
  const [owner, name = ''] = key.split('/');
  return owner === id && !/^(input|r|w\..*)$|num_batches_tracked/.test(name);
}

function fromDisk({ data, shape }: TensorData): tf.Tensor4D {
  return tf.tidy(() =>
    tf.tensor4d(data as Float32Array, shape as tf.Tensor4D['shape']).transpose([0, 2, 3, 1]),
  );
}

async function toDisk(tensor: tf.Tensor4D): Promise<TensorData> {
  const turned = tensor.transpose([0, 3, 1, 2]);
  const result = await plain(turned);
  turned.dispose();
  return result;
}

async function plain(tensor: tf.Tensor): Promise<TensorData> {
  return { dtype: 'F32', shape: [...tensor.shape], data: (await tensor.data()) as Float32Array };
}

function largest(tensors: StateDict): number {
  return Object.values(tensors).reduce(
    (most, tensor) => (tensor.dtype === 'I64' ? most : Math.max(most, magnitude(tensor))),
    0,
  );
}

function magnitude(tensor: TensorData): number {
  return toFloat32(tensor).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The reference's measure: largest error over largest value, in small tensors a little forgiving. */
function gap(found: TensorData, wanted: TensorData, scale: number): number {
  expect(found.shape).toEqual(wanted.shape);
  const values = toFloat32(found);
  const error = toFloat32(wanted).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (values[index] ?? Number.NaN))),
    0,
  );
  return error / (magnitude(wanted) + 0.001 * scale);
}
