import {
  commitUpdates,
  meanOverAll,
  meanSquaredError,
  multiply,
  spectralWeight,
  sweep,
  useEngine,
} from '@sparnet/engine';
import { toFloat32, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs';
import { assert, integer, property, tuple } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AttendedResidualBlock,
  ConvLayer,
  FaceAttentionUnit,
  fromDisk,
  shapeOnDisk,
  toDisk,
  type ConvLayerOptions,
} from './index.ts';

const layerOf = (options: Partial<ConvLayerOptions> = {}): ConvLayer =>
  new ConvLayer({ inChannels: 3, outChannels: 4, spectralNorm: true, seed: 7, ...options });

test('slots have the keys of torch.nn.utils.spectral_norm, in its order', async () => {
  await useEngine('cpu');
  const layer = layerOf();
  expect(layer.slots().map(({ name, kind, layout }) => [name, kind, layout].join(' '))).toEqual([
    'conv2d.bias parameter plain',
    'conv2d.weight_orig parameter filter',
    'conv2d.weight_u buffer plain',
    'conv2d.weight_v buffer patch',
  ]);
  const state = await layer.stateDict();
  expect(Object.values(state).map(({ shape }) => [...shape])).toEqual([[4], [4, 3, 3, 3], [4], [27]]);
  expect(layer.parameterCount()).toBe(4 + 4 * 27);
  for (const key of ['conv2d.weight_u', 'conv2d.weight_v'])
    expect(lengthOf(floats(state, key))).toBeCloseTo(1, 6);
  layer.dispose();
});

test('a patch turns to the layout on disk and back', () => {
  const side = integer({ min: 1, max: 4 });
  assert(
    property(tuple(side, side, side), (shape) => {
      const [height, width, channels] = shape;
      const values = Float32Array.from({ length: height * width * channels }, (_, index) => index);
      const disk = toDisk(values, shape, 'patch');
      for (const [index, value] of values.entries()) {
        const [pixel, channel] = [Math.floor(index / channels), index % channels];
        expect(disk[channel * height * width + pixel]).toBe(value);
      }
      expect(shapeOnDisk(shape, 'patch')).toEqual([values.length]);
      expect(fromDisk(disk, shape, 'patch')).toEqual(values);
    }),
  );
});

describe.each(['cpu', 'wasm'] as const)('on %s', (engineName) => {
  beforeAll(async () => {
    await useEngine(engineName);
  });

  test('a training pass does the power iteration that PyTorch does', async () => {
    const layer = layerOf();
    const before = await layer.stateDict();
    const [weights, u] = [floats(before, 'conv2d.weight_orig'), floats(before, 'conv2d.weight_u')];
    const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const count = tf.memory().numTensors;
    layer.forward(x).dispose();
    expect(await layer.stateDict()).toEqual(before);
    layer.forward(x, { training: true }).dispose();
    expect(tf.memory().numTensors).toBe(count);
    const after = await layer.stateDict();
    // The filter as PyTorch sees it: a row an output channel.
    const rows = Array.from(u, (_, row) => weights.subarray(row * 27, row * 27 + 27));
    const v = unit(
      Array.from({ length: 27 }, (_, tap) => sum(rows.map((row, o) => at(row, tap) * at(u, o)))),
    );
    const nextU = unit(rows.map((row) => sum(v.map((value, tap) => value * at(row, tap)))));
    expect(gap(floats(after, 'conv2d.weight_v'), v)).toBeLessThan(1e-6);
    expect(gap(floats(after, 'conv2d.weight_u'), nextU)).toBeLessThan(1e-6);
    expect(floats(after, 'conv2d.weight_orig')).toEqual(weights);
    x.dispose();
    layer.dispose();
  });

  test('passes in one sweep continue from each other, and are committed once', async () => {
    const [swept, direct] = [layerOf(), layerOf()];
    const x = tf.randomUniform<tf.Rank.R4>([1, 5, 5, 3], -1, 1, 'float32', 3);
    const before = await swept.stateDict();
    const outputs: Float32Array[] = [];
    const forward = (layer: ConvLayer): tf.Tensor4D => {
      const y = layer.forward(x, { training: true });
      outputs.push(y.dataSync() as Float32Array);
      return y;
    };
    const { updates, loss, gradients } = sweep(() => {
      forward(swept);
      return meanSquaredError(forward(swept), x.slice([0, 0, 0, 0], [1, 5, 5, 1]).tile([1, 1, 1, 4]));
    }, [swept.slots()[1]?.variable as tf.Variable]);
    expect(await swept.stateDict()).toEqual(before);
    expect(updates).toHaveLength(2);
    commitUpdates(updates);
    tf.tidy(() => {
      forward(direct);
      forward(direct);
    });
    expect(outputs[2]).toEqual(outputs[0]);
    expect(outputs[3]).toEqual(outputs[1]);
    expect(outputs[1]).not.toEqual(outputs[0]);
    expect(await swept.stateDict()).toEqual(await direct.stateDict());
    tf.dispose([x, loss, gradients]);
    swept.dispose();
    direct.dispose();
  });

  // `up` of 16x16 pixels takes the way without enlarging, of 8x8 the other.
  test.each([
    ['none', 6],
    ['down', 6],
    ['up', 8],
    ['up', 16],
  ] as const)('gradients with scale %s of %i pixels are those of finite differences', (scale, size) => {
    const layer = layerOf({ scale });
    for (let pass = 0; pass < 3; pass++) advance(layer, size);
    const [, weight] = layer.slots().map(({ variable }) => variable) as [tf.Variable, tf.Variable];
    const x = tf.randomUniform<tf.Rank.R4>([1, size, size, 3], -1, 1, 'float32', 5);
    const factor = tf.tidy(() => tf.randomUniform<tf.Rank.R4>(layer.forward(x).shape, -1, 1, 'float32', 6));
    const lossOf = (): tf.Scalar => meanOverAll(multiply(layer.forward(x), factor));
    const start = weight.clone();
    const direction = tf.randomNormal(weight.shape, 0, 0.02, 'float32', 8);
    const lossAt = (step: number): number => {
      weight.assign(tf.tidy(() => start.add(direction.mul(step))));
      return tf.tidy(() => lossOf().dataSync()[0] as number);
    };
    const step = 0.05;
    const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
    lossAt(0);
    const { gradients, loss, updates } = sweep(lossOf, [weight]);
    const [taped] = tf.grads(() => lossOf())([weight]) as [tf.Tensor];
    const along = (gradient: tf.Tensor | undefined): number =>
      tf.tidy(() => tf.sum(tf.mul(gradient as tf.Tensor, direction)).dataSync()[0] as number);
    expect(updates).toEqual([]);
    expect(Math.abs(slope)).toBeGreaterThan(1e-4);
    expect(Math.abs(along(gradients[0]) / slope - 1)).toBeLessThan(0.01);
    expect(Math.abs(along(taped) / slope - 1)).toBeLessThan(0.01);
    // Scaling the filter changes nothing, so the gradient has no part along it.
    const radial = tf.tidy(() => tf.sum(tf.mul(gradients[0] as tf.Tensor, weight)).dataSync()[0] as number);
    expect(Math.abs(radial)).toBeLessThan(1e-5 * tf.tidy(() => lengthOf(start.dataSync() as Float32Array)));
    tf.dispose([x, factor, start, direction, gradients, loss, taped]);
    layer.dispose();
  });

  test('after many passes the filter has norm 1, whatever its scale', async () => {
    const layer = layerOf();
    const state = await layer.stateDict();
    for (const factor of [1, 50]) {
      const weights = floats(state, 'conv2d.weight_orig').map((value) => value * factor);
      layer.loadStateDict({
        ...state,
        'conv2d.weight_orig': { dtype: 'F32', shape: [4, 3, 3, 3], data: weights },
      });
      for (let pass = 0; pass < 60; pass++) advance(layer, 3);
      const after = await layer.stateDict();
      // A single pixel of a 3x3 image without padding sees all taps: the filter applied to v is u.
      const probe = tf.tensor4d(fromDisk(floats(after, 'conv2d.weight_v'), [3, 3, 3], 'patch'), [1, 3, 3, 3]);
      const bare = layerOf({ padding: 'none' });
      bare.loadStateDict(after);
      const y = bare.forward(probe);
      expect(gap(y.dataSync() as Float32Array, [...floats(after, 'conv2d.weight_u')])).toBeLessThan(1e-5);
      tf.dispose([probe, y]);
      bare.dispose();
    }
    layer.dispose();
  });
});

test.each([
  [
    'FaceAttentionUnit',
    () => new FaceAttentionUnit({ ...blockOptions, hourglassDepth: 1, hourglassWidth: 4 }),
  ],
  ['channel attention', () => new AttendedResidualBlock({ ...blockOptions, attention: 'channel-attention' })],
  ['CBAM', () => new AttendedResidualBlock({ ...blockOptions, attention: 'cbam' })],
] as const)('%s: every convolution has it, and iterates in training', async (_, make) => {
  await useEngine('cpu');
  const block = make();
  const names = block.slots().map(({ name }) => name);
  expect(names.filter((name) => name.endsWith('conv2d.weight'))).toEqual([]);
  const layers = names
    .filter((name) => name.endsWith('conv2d.weight_orig'))
    .map((name) => name.replace('_orig', ''));
  const before = await block.stateDict();
  const x = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], -1, 1, 'float32', 1);
  block.forward(x, { training: true }).dispose();
  const after = await block.stateDict();
  // A vector of one value is 1 and stays so; never both of a layer here.
  const still = layers.filter((layer) =>
    ['_u', '_v'].every((end) => gap(floats(before, layer + end), [...floats(after, layer + end)]) === 0),
  );
  expect(still).toEqual([]);
  x.dispose();
  block.dispose();
});

test('vectors of another shape are refused', async () => {
  await useEngine('cpu');
  const filter = tf.ones<tf.Rank.R4>([3, 3, 2, 4]);
  const [u, v] = [tf.variable(tf.ones<tf.Rank.R1>([4])), tf.variable(tf.ones<tf.Rank.R3>([3, 3, 2]))];
  const [shortU, shortV] = [
    tf.variable(tf.ones<tf.Rank.R1>([3])),
    tf.variable(tf.ones<tf.Rank.R3>([3, 2, 2])),
  ];
  expect(() => spectralWeight(filter, { u: shortU, v })).toThrow('[4], a value a channel for u');
  expect(() => spectralWeight(filter, { u, v: shortV })).toThrow('shape [3, 3, 2] for v');
  tf.dispose([filter, u, v, shortU, shortV]);
});

const blockOptions = {
  inChannels: 3,
  outChannels: 4,
  scale: 'down',
  norm: 'instance',
  spectralNorm: true,
} as const;

function advance(layer: ConvLayer, size: number): void {
  tf.tidy(() => void layer.forward(tf.zeros([1, size, size, 3]), { training: true }));
}

function floats(state: StateDict, key: string): Float32Array {
  return toFloat32(state[key] as TensorData);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function lengthOf(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

function unit(values: readonly number[]): number[] {
  const length = lengthOf(values);
  return values.map((value) => value / length);
}

function gap(values: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, index) => Math.abs(value - at(values, index))));
}
