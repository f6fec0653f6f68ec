import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import type { StateDict, TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { assert, integer, property, tuple } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { filterFromDisk, filterShapeOnDisk, filterToDisk } from './filter-layout.ts';
import {
  Activation,
  AttendedResidualBlock,
  ConvLayer,
  FaceAttentionUnit,
  Norm,
  ScaleResidualBlock,
  SpatialAttention,
} from './index.ts';

beforeAll(async () => {
  await useEngine('cpu');
});

const makeLayer = (): ConvLayer =>
  new ConvLayer({ inChannels: 2, outChannels: 3, norm: 'batch', activation: 'prelu', seed: 4 });

test('slots have full names in the order of the released state dicts', () => {
  const layer = new ConvLayer({
    name: 'a.b',
    inChannels: 2,
    outChannels: 3,
    norm: 'batch',
    activation: 'prelu',
  });
  expect(layer.slots().map(({ name, kind, dtype, layout }) => [name, kind, dtype, layout].join(' '))).toEqual(
    [
      'a.b.conv2d.weight parameter F32 filter',
      'a.b.relu.func.weight parameter F32 plain',
      'a.b.norm.norm.weight parameter F32 plain',
      'a.b.norm.norm.bias parameter F32 plain',
      'a.b.norm.norm.running_mean buffer F32 plain',
      'a.b.norm.norm.running_var buffer F32 plain',
      'a.b.norm.norm.num_batches_tracked buffer I64 plain',
    ],
  );
  expect(layer.parameterCount()).toBe(2 * 3 * 9 + 3 + 3 + 3);
  layer.dispose();
});

test('a state dict comes back as it was loaded, whatever its element types and wrapper', async () => {
  const [a, b] = [
    makeLayer(),
    new ConvLayer({ inChannels: 2, outChannels: 3, norm: 'batch', activation: 'prelu' }),
  ];
  const state = await a.stateDict();
  state['norm.norm.num_batches_tracked'] = { dtype: 'I64', shape: [], data: BigInt64Array.of(12345n) };
  const weight = state['conv2d.weight'] as TensorData & { dtype: 'F32' };
  const wrapped = Object.fromEntries(Object.entries(state).map(([key, value]) => [`module.${key}`, value]));
  wrapped['module.conv2d.weight'] = {
    dtype: 'F64',
    shape: weight.shape,
    data: Float64Array.from(weight.data),
  };
  wrapped['module.relu.func.weight'] = {
    dtype: 'F16',
    shape: [3],
    data: Uint16Array.of(0x3400, 0x3800, 0xbc00),
  };
  wrapped['module.norm.norm.bias'] = { dtype: 'BF16', shape: [3], data: Uint16Array.of(0x3f80, 0, 0xc000) };
  b.loadStateDict(wrapped);
  expect(await b.stateDict()).toEqual({
    ...state,
    'relu.func.weight': { dtype: 'F32', shape: [3], data: Float32Array.of(0.25, 0.5, -1) },
    'norm.norm.bias': { dtype: 'F32', shape: [3], data: Float32Array.of(1, 0, -2) },
  });
  a.dispose();
  b.dispose();
});

test('loading copies: later changes of the given arrays change nothing', async () => {
  const layer = makeLayer();
  const state = await layer.stateDict();
  const bias = state['norm.norm.bias'] as TensorData & { dtype: 'F32' };
  layer.loadStateDict(state);
  bias.data.fill(9);
  expect((await layer.stateDict())['norm.norm.bias']?.data).toEqual(new Float32Array(3));
  layer.dispose();
});

test('what does not fit is listed, and nothing is changed', async () => {
  const layer = makeLayer();
  const before = await layer.stateDict();
  const { 'norm.norm.bias': bias, 'norm.norm.running_mean': mean, ...rest } = before;
  expect(refusal(() => layer.loadStateDict(rest))).toMatch(
    /^missing-key .*2 missing: norm.norm.bias; norm.norm.running_mean/,
  );
  const extra: StateDict = { ...before, 'other.weight': bias as TensorData };
  expect(refusal(() => layer.loadStateDict(extra))).toMatch(/^bad-state .*1 left over: other.weight/);
  const zeros = (length: number): TensorData => ({
    dtype: 'F32',
    shape: [length],
    data: new Float32Array(length),
  });
  const misshaped: StateDict = { ...before, 'norm.norm.weight': zeros(3), 'norm.norm.bias': zeros(4) };
  const message = refusal(() => layer.loadStateDict(misshaped, { strict: false }));
  expect(message).toMatch(/^bad-state .*1 of another shape: norm.norm.bias \[4\] instead of \[3\]/);
  const short = { ...zeros(2), shape: [3] };
  expect(refusal(() => layer.loadStateDict({ ...before, 'norm.norm.bias': short }))).toContain(
    'norm.norm.bias [3] with 2 values',
  );
  expect(await layer.stateDict()).toEqual(before);
  expect(layer.loadStateDict({ 'norm.norm.weight': zeros(3), other: zeros(1) }, { strict: false })).toEqual({
    missing: Object.keys(before).filter((key) => key !== 'norm.norm.weight'),
    extra: ['other'],
  });
  expect((await layer.stateDict())['norm.norm.weight']).toEqual(zeros(3));
  expect(mean).toBeDefined();
  layer.dispose();
});

test('a long list of misfits is cut short', () => {
  const unit = new FaceAttentionUnit({ inChannels: 2, outChannels: 2, hourglassDepth: 1, hourglassWidth: 2 });
  expect(refusal(() => unit.loadStateDict({}))).toMatch(/missing: ([^;]+; ){7}[^;]+ and 35 more\. Way out/);
  unit.dispose();
});

const channels = { inChannels: 4, outChannels: 4 };
test.each<[string, () => unknown]>([
  ['for type, got "gelu"', () => new Activation({ type: 'gelu' as 'relu', channels: 4 })],
  ['for type, got "bn"', () => new Norm({ type: 'bn' as 'batch', channels: 4 })],
  ['for scale, got "dwon"', () => new ConvLayer({ ...channels, scale: 'dwon' as 'down' })],
  ['for padding, got "same"', () => new ConvLayer({ ...channels, padding: 'same' as 'zero' })],
  ['for activation, got "gelu"', () => new ConvLayer({ ...channels, activation: 'gelu' as 'relu' })],
  ['for norm, got "bn"', () => new ScaleResidualBlock({ ...channels, scale: 'up', norm: 'bn' as 'batch' })],
  [
    'for attention, got "2D"',
    () => new FaceAttentionUnit({ ...channels, hourglassDepth: 1, attention: '2D' as '2d' }),
  ],
  [
    'for type, got "2D"',
    () =>
      new SpatialAttention({
        channels: 4,
        type: '2D' as '2d',
        hourglassWidth: 4,
        hourglassDepth: 0,
        norm: 'none',
        activation: 'relu',
      }),
  ],
  [
    'for attention, got "senet"',
    () => new AttendedResidualBlock({ ...channels, attention: 'senet' as 'cbam' }),
  ],
  ['for seed, got -1', () => new ConvLayer({ ...channels, seed: -1 })],
])('%s', (message, make) => {
  const before = tf.memory().numTensors;
  expect(make).toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
});

test('a constructor that throws half-way frees what it had made', () => {
  const before = tf.memory().numTensors;
  // The width of the hourglass is too small for group norm, the block's channels are not.
  const options = { inChannels: 32, outChannels: 32, norm: 'group', hourglassDepth: 1 } as const;
  expect(() => new FaceAttentionUnit({ ...options, hourglassWidth: 16 })).toThrow('a multiple of 32');
  let left = 5;
  const variables = (): tf.Variable => {
    if (left-- === 0) throw new Error('no memory');
    return tf.tidy(() => tf.variable(tf.zeros([1])));
  };
  expect(() => new FaceAttentionUnit({ ...options, variables })).toThrow('no memory');
  expect(tf.memory().numTensors).toBe(before);
});

test('variables come from the factory, in order, with values drawn when asked for', () => {
  const made: tf.Variable[] = [];
  const unit = new FaceAttentionUnit({
    inChannels: 4,
    outChannels: 4,
    hourglassDepth: 1,
    hourglassWidth: 4,
    variables: ({ name, initial, shape, trainable }) => {
      const variable = tf.variable(tf.tensor(initial, shape), trainable);
      expect(trainable).toBe(!/running|num_batches/.test(name));
      made.push(variable);
      return variable;
    },
  });
  expect(unit.slots().map(({ variable }) => variable)).toEqual(made);
  unit.dispose();
  expect(made.every(({ isDisposed }) => isDisposed)).toBe(true);
});

test('filters turn to the layout in memory and back', () => {
  const side = integer({ min: 1, max: 4 });
  assert(
    property(tuple(side, side, side, side), (shape) => {
      const [height, width, inputs, outputs] = shape;
      const data = Float32Array.from({ length: height * width * inputs * outputs }, (_, index) => index);
      const disk = filterToDisk(data, shape);
      const at = (o: number, i: number, y: number, x: number): number =>
        disk[((o * inputs + i) * height + y) * width + x] as number;
      expect(at(outputs - 1, 0, height - 1, 0)).toBe((height - 1) * width * inputs * outputs + outputs - 1);
      expect(filterFromDisk(disk, filterShapeOnDisk(shape))).toEqual(data);
    }),
  );
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isSparnetError(error)) return `${error.code} ${error.message}`;
  }
  throw new Error('it was accepted');
}
