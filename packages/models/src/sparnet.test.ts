import { readFile } from 'node:fs/promises';
import { useEngine } from '@sparnet/engine';
import { parseSafetensors, toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSparnet, type Sparnet, type SparnetConfigInput } from './index.ts';

const folders = ['sparnet-attn2d-bn', 'sparnet-attn3d-bn', 'sparnet-attn2d-in', 'sparnet-prelu-bn'];

/** The reference's names of a network's settings. */
interface Architecture {
  min_ch: number;
  max_ch: number;
  in_size: number;
  out_size: number;
  min_feat_size: number;
  res_depth: number;
  relu_type: string;
  norm_type: string;
  att_name: string;
  bottleneck_size: number;
  hg_mid_ch: number;
}

interface CaseFile {
  config: { arch: Architecture };
  fau_order: { path: string; att_key: string | null }[];
  tolerances: Record<string, { tol: number }>;
}

describe.each(['cpu', 'wasm'] as const)('reference networks on %s', (engineName) => {
  beforeAll(async () => {
    await useEngine(engineName);
  });

  test.each(folders)('%s', async (folder) => {
    const reference = await readCase(folder);
    const { fau_order: faus, tolerances } = reference.case;
    const model = createSparnet(configOf(reference.case.config.arch));
    model.loadStateDict(reference.weights);
    const names = new Map(faus.map(({ path, att_key: key }) => [path, key]));

    const odd = await resultsOf(model, reference.inputs['input_odd'], { names, prefix: 'att_odd' });
    const even = await resultsOf(model, reference.inputs['input'], { names, prefix: 'att' });
    const evaluated = { ...even, ...odd, output: even['output'], output_odd: odd['output'] } as StateDict;
    expect(worstGap(evaluated, reference.eval)).toBeLessThanOrEqual(tolerances['eval']?.tol ?? 0);

    const trained = await resultsOf(model, reference.inputs['input'], {
      names,
      prefix: 'att',
      training: true,
    });
    const buffers = Object.entries(await model.stateDict()).filter(([key]) =>
      /running|num_batches/.test(key),
    );
    const after = Object.fromEntries(buffers.map(([key, value]) => [`after.${key}`, value]));
    expect(worstGap({ ...trained, ...after }, reference.train)).toBeLessThanOrEqual(
      tolerances['train']?.tol ?? 0,
    );
    model.dispose();
  });
});

test('a forward pass and a network leave no tensor behind', async () => {
  await useEngine('cpu');
  const before = tf.memory().numTensors;
  const model = createSparnet({ ...small, norm: 'none', block: 'cbam' });
  const variables = tf.memory().numTensors;
  const x = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
  for (const training of [false, true]) model.forward(x, { training }).dispose();
  expect(tf.memory().numTensors).toBe(variables + 1);
  x.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(['fau', 'channel-attention', 'cbam'] as const)('%s in the last blocks only', async (block) => {
  await useEngine('cpu');
  const model = createSparnet({ ...small, block, attentionBlocks: 1 });
  const attending = new Set(
    model
      .slots()
      .filter(({ name }) => name.includes('att_func'))
      .map(({ name }) => name.split('.att_func')[0]),
  );
  expect([...attending]).toEqual(['decoder.0']);
  model.dispose();
});

test('equal seeds give equal weights, other seeds others', async () => {
  await useEngine('cpu');
  const [a, b, c] = [1, 1, 2].map((seed) => createSparnet(small, { seed })) as [Sparnet, Sparnet, Sparnet];
  const key = 'decoder.0.conv1.conv2d.weight';
  const [first, second, third] = await Promise.all(
    [a, b, c].map(async (model) => (await model.stateDict())[key]),
  );
  expect(first).toEqual(second);
  expect(first).not.toEqual(third);
  const values = toFloat32(first as TensorData);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(deviation).toBeGreaterThan(0.018);
  expect(deviation).toBeLessThan(0.022);
  for (const model of [a, b, c]) model.dispose();
});

const small: SparnetConfigInput = {
  inputSize: 16,
  outputSize: 16,
  scale: 2,
  minFeatureSize: 8,
  minChannels: 8,
  maxChannels: 16,
  resDepth: 0,
  bottleneckSize: 4,
  hourglassDepth: 'feature-size',
  hourglassWidth: 8,
};

function configOf(arch: Architecture): SparnetConfigInput {
  const norms = { bn: 'batch', in: 'instance' } as const;
  const activations = { leakyrelu: 'leaky-relu', prelu: 'prelu' } as const;
  return {
    scale: arch.in_size < arch.out_size ? arch.out_size / arch.in_size : 4,
    inputSize: arch.in_size,
    outputSize: arch.out_size,
    minFeatureSize: arch.min_feat_size,
    minChannels: arch.min_ch,
    maxChannels: arch.max_ch,
    resDepth: arch.res_depth,
    activation: activations[arch.relu_type as keyof typeof activations],
    norm: norms[arch.norm_type as keyof typeof norms],
    attention: arch.att_name === 'spar3d' ? '3d' : '2d',
    bottleneckSize: arch.bottleneck_size,
    hourglassWidth: arch.hg_mid_ch,
  };
}

async function readCase(name: string) {
  const folder = new URL(`../../../vectors/${name}/`, import.meta.url);
  const read = async (file: string): Promise<StateDict> =>
    parseSafetensors(await readFile(new URL(`${file}.safetensors`, folder))).tensors;
  return {
    case: JSON.parse(await readFile(new URL('case.json', folder), 'utf8')) as CaseFile,
    weights: await read('weights'),
    inputs: await read('inputs'),
    eval: await read('eval'),
    train: await read('train'),
  };
}

/** The output and the attention maps under the reference's keys. */
async function resultsOf(
  model: Sparnet,
  input: TensorData | undefined,
  {
    names,
    prefix,
    training = false,
  }: { names: Map<string, string | null>; prefix: string; training?: boolean },
): Promise<StateDict> {
  const { data, shape } = input as TensorData;
  const onDisk = tf.tensor4d(data as Float32Array, shape as tf.Tensor4D['shape']);
  const x = tf.transpose(onDisk, [0, 2, 3, 1]);
  const maps: [string, tf.Tensor4D][] = [];
  const output = model.forward(x, {
    training,
    attention: (name, map) => maps.push([name, tf.keep(map.clone())]),
  });
  expect(maps.map(([name]) => names.get(name))).toEqual([...names.values()].filter((key) => key !== null));
  const named = maps.map(([name, map]): [string, tf.Tensor4D] => [`${prefix}.${name}.att_func`, map]);
  const results: StateDict = { output: await toDisk(output) };
  for (const [key, map] of named) results[key] = await toDisk(map);
  tf.dispose([onDisk, x]);
  return results;
}

async function toDisk(tensor: tf.Tensor4D): Promise<TensorData> {
  const turned = tf.transpose(tensor, [0, 3, 1, 2]);
  const data = (await turned.data()) as Float32Array;
  tf.dispose([tensor, turned]);
  return { dtype: 'F32', shape: [...turned.shape], data };
}

/** The reference's measure: largest error over largest value, in small tensors a little forgiving. */
function worstGap(found: StateDict, wanted: StateDict): number {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(wanted).toSorted());
  const floating = Object.values(wanted).filter(({ dtype }) => dtype === 'F32');
  const most = floating.reduce((value, tensor) => Math.max(value, magnitude(toFloat32(tensor))), 0);
  const gaps = Object.entries(wanted).map(([key, tensor]) => {
    const other = found[key] as TensorData;
    if (other.dtype !== tensor.dtype || String(other.shape) !== String(tensor.shape)) return Infinity;
    const values = toFloat32(other);
    const error = magnitude(toFloat32(tensor).map((value, index) => value - (values[index] ?? Number.NaN)));
    // Integers must be equal.
    if (tensor.dtype === 'I64') return error === 0 ? 0 : Infinity;
    return error / (magnitude(toFloat32(tensor)) + 0.001 * most);
  });
  return Math.max(...gaps);
}

/** The largest absolute value; NaN if there is one. */
function magnitude(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
