// The contract of every operation, on every engine present: through the sweep and through tf.grads it has the same
// gradient, and that is the exact one (central differences; for linear operations the adjoint to float32 accuracy).
import '@tensorflow/tfjs';
import { randomStream } from '@sparnet/core';
import * as engine from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Shape = [number, number, number, number];
interface Case {
  name: string;
  /** Shapes of the differentiable inputs. */
  shapes: number[][];
  apply: (...inputs: never[]) => tf.Tensor;
  /** In each input by itself, or the other inputs fixed. */
  linear?: true;
}

const image: Shape = [2, 5, 6, 3];

function convolution(id: string, x: Shape, filter: Shape, options: object, bias = false): Case {
  return {
    name: `conv2d ${id}`,
    shapes: bias ? [x, filter, [filter[3]]] : [x, filter],
    apply: (a: tf.Tensor4D, f: tf.Tensor4D, b?: tf.Tensor1D) => engine.conv2d(a, f, b, options),
    linear: true,
  };
}

const reflect = (size: number) => ({ mode: 'reflect', size }) as const;
const cases: Case[] = [
  ...[1, 2, 3].map((size): Case => ({
    name: `reflectPad ${size}`,
    shapes: [[2, 4, 7, 2]],
    apply: (x: tf.Tensor4D) => engine.reflectPad(x, size),
    linear: true,
  })),
  {
    name: 'reflectPad 2x3',
    shapes: [[2, 2, 3, 2]],
    apply: (x: tf.Tensor4D) => engine.reflectPad(x, 1),
    linear: true,
  },
  convolution('3x3 reflect', image, [3, 3, 3, 4], { padding: reflect(1) }, true),
  convolution('3x3 reflect 8 channels', [2, 5, 6, 8], [3, 3, 8, 4], { padding: reflect(1) }),
  convolution('3x3 reflect 40 channels', [1, 4, 5, 40], [3, 3, 40, 2], { padding: reflect(1) }),
  convolution('3x3 reflect stride 2', image, [3, 3, 3, 4], { padding: reflect(1), stride: 2 }, true),
  convolution('3x3 stride 2 even', [2, 6, 8, 8], [3, 3, 8, 4], { padding: reflect(1), stride: 2 }),
  convolution('5x5 reflect stride 2', [2, 7, 6, 3], [5, 5, 3, 4], { padding: reflect(2), stride: 2 }),
  convolution('5x5 reflect', image, [5, 5, 3, 2], { padding: reflect(2) }),
  convolution('3x3 on 2x2 stride 2', [2, 2, 2, 3], [3, 3, 3, 4], { padding: reflect(1), stride: 2 }),
  // oneDNN computes the input's gradient of these wrong on some processors.
  convolution('1 channel to 1', [2, 5, 6, 1], [3, 3, 1, 1], { padding: reflect(1) }),
  convolution('1 channel to 1 stride 2', [2, 6, 6, 1], [3, 3, 1, 1], { padding: reflect(1), stride: 2 }),
  // Where native TensorFlow works in tiles, and with the roles of input and gradient exchanged.
  convolution('wide', [1, 3, 128, 32], [3, 3, 32, 32], { padding: reflect(1) }),
  convolution('wide and fewer outputs', [1, 2, 128, 40], [3, 3, 40, 32], { padding: reflect(1) }),
  convolution('1x1 stride 2', image, [1, 1, 3, 4], { stride: 2 }),
  convolution('3x3 stride 2 odd', [2, 7, 9, 3], [3, 3, 3, 4], { stride: 2 }),
  convolution('1x1', image, [1, 1, 3, 4], {}, true),
  convolution('3x3 zero', image, [3, 3, 3, 4], { padding: { mode: 'zero', size: 1 } }),
  convolution('4x4 zero 2 stride 2', [2, 8, 7, 3], [4, 4, 3, 4], {
    padding: { mode: 'zero', size: 2 },
    stride: 2,
  }),
  convolution('3x3 without padding', image, [3, 3, 3, 4], {}),
  ...(
    [
      [1, 16, 16, 2],
      [2, 1, 256, 1],
      [1, 128, 2, 2],
      [2, 3, 90, 3],
    ] as Shape[]
  ).map((x): Case => ({
    name: `upsampledConv2d ${x.join('x')}`,
    shapes: [x, [3, 3, x[3], 4], [4]],
    apply: engine.upsampledConv2d as Case['apply'],
    linear: true,
  })),
  { name: 'upsampleNearest2x', shapes: [image], apply: engine.upsampleNearest2x, linear: true },
  {
    name: 'resample bilinear',
    shapes: [image],
    apply: (x: tf.Tensor4D) => engine.resample(x, { mode: 'bilinear', size: [9, 4] }),
    linear: true,
  },
  {
    name: 'resample bicubic x0.5',
    shapes: [[2, 7, 8, 3]],
    apply: (x: tf.Tensor4D) => engine.resample(x, { mode: 'bicubic', scaleFactor: 0.5 }),
    linear: true,
  },
  {
    name: 'resample nearest',
    shapes: [image],
    apply: (x: tf.Tensor4D) => engine.resample(x, { mode: 'nearest', size: [3, 11] }),
    linear: true,
  },
  {
    name: 'batchNormTraining',
    shapes: [image, [3], [3]],
    apply: (x: tf.Tensor4D, g: tf.Tensor1D, b: tf.Tensor1D) => engine.batchNormTraining(x, g, b).y,
  },
  {
    name: 'batchNormInference',
    shapes: [image, [3], [3], [3]],
    apply: (x: tf.Tensor4D, g: tf.Tensor1D, b: tf.Tensor1D, mean: tf.Tensor1D) =>
      engine.batchNormInference(x, g, b, mean, tf.tensor1d([1, 0.5, 2])),
    linear: true,
  },
  {
    name: 'batchNormInference variance',
    shapes: [[3]],
    apply: (variance: tf.Tensor1D) =>
      engine.batchNormInference(
        values(image, 'image') as tf.Tensor4D,
        tf.tensor1d([2, 0.5, -1]),
        tf.tensor1d([1, 0, 2]),
        tf.tensor1d([0.1, 0, -0.3]),
        variance,
        { epsilon: 9 }, // the values drawn are negative, too
      ),
  },
  ...[1, 2, 4].map((groups): Case => ({
    name: `groupNorm ${groups}`,
    shapes: [[2, 4, 3, 4], [4], [4]],
    apply: (x: tf.Tensor4D, g: tf.Tensor1D, b: tf.Tensor1D) => engine.groupNorm(x, g, b, { groups }),
  })),
  { name: 'pixelNorm', shapes: [image], apply: engine.pixelNorm },
  { name: 'leakyRelu', shapes: [image], apply: (x: tf.Tensor4D) => engine.leakyRelu(x, 0.2) },
  { name: 'relu', shapes: [image], apply: engine.relu },
  { name: 'prelu', shapes: [image, [3]], apply: engine.prelu },
  { name: 'selu', shapes: [image], apply: engine.selu },
  { name: 'sigmoid', shapes: [image], apply: engine.sigmoid },
  { name: 'add', shapes: [image, image], apply: engine.add<tf.Tensor4D>, linear: true },
  { name: 'multiply', shapes: [image, image], apply: engine.multiply, linear: true },
  { name: 'multiply map', shapes: [image, [2, 5, 6, 1]], apply: engine.multiply, linear: true },
  { name: 'multiply channel', shapes: [image, [2, 1, 1, 3]], apply: engine.multiply, linear: true },
  { name: 'scaleBy', shapes: [image], apply: (x: tf.Tensor4D) => engine.scaleBy(x, -1.5), linear: true },
  { name: 'cropTo', shapes: [image], apply: (x: tf.Tensor4D) => engine.cropTo(x, [4, 5]), linear: true },
  {
    name: 'concatChannels',
    shapes: [image, [2, 5, 6, 2]],
    apply: (a: tf.Tensor4D, b: tf.Tensor4D) => engine.concatChannels([a, b]),
    linear: true,
  },
  { name: 'meanOverSpace', shapes: [image], apply: engine.meanOverSpace, linear: true },
  { name: 'meanOverChannels', shapes: [image], apply: engine.meanOverChannels, linear: true },
  { name: 'maxOverSpace', shapes: [image], apply: engine.maxOverSpace },
  { name: 'maxOverChannels', shapes: [image], apply: engine.maxOverChannels },
  { name: 'meanSquaredError', shapes: [image, image], apply: engine.meanSquaredError },
  { name: 'meanAbsoluteError', shapes: [image, image], apply: engine.meanAbsoluteError },
];

/** Values away from 0, so that no central difference crosses a kink there. */
function values(shape: number[], purpose: string): tf.Tensor {
  const random = randomStream({ seed: 7, purpose });
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const value = random.normal();
    return value + Math.sign(value) * 0.05;
  });
  return tf.tensor(data, shape);
}

/** In double precision. */
function inner(a: tf.Tensor, b: tf.Tensor): number {
  const others = b.dataSync();
  return Array.from(a.dataSync()).reduce((sum, value, index) => sum + value * (others[index] as number), 0);
}

/** A loss whose gradient by `output` is `weights`, from operations that a sweep records. */
function lossWithGradient(output: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  if (output.rank === 0) return engine.scaleBy(output as tf.Scalar, weights.dataSync()[0] as number);
  const target = tf.sub(output, tf.mul(weights, output.size / 2));
  return engine.meanSquaredError(output as tf.Tensor4D, target as tf.Tensor4D);
}

/** What the documentation promises where a function has a kink. */
const ties: (Omit<Case, 'linear'> & { inputs: number[][]; wanted: number[][] })[] = [
  {
    name: 'equal largest pixels share the gradient',
    shapes: [[1, 2, 2, 1]],
    inputs: [[5, 1, 5, 2]],
    apply: engine.maxOverSpace,
    wanted: [[0.5, 0, 0.5, 0]],
  },
  {
    name: 'equal largest channels share the gradient',
    shapes: [[1, 1, 2, 3]],
    inputs: [[3, 3, 3, 0, 1, 1]],
    apply: engine.maxOverChannels,
    wanted: [[1 / 3, 1 / 3, 1 / 3, 0, 0.5, 0.5]],
  },
  {
    name: 'leakyRelu has its slope at 0',
    shapes: [[1, 1, 3, 1]],
    inputs: [[0, -1, 1]],
    apply: (x: tf.Tensor4D) => engine.leakyRelu(x, 0.25),
    wanted: [[0.25, 0.25, 1]],
  },
  {
    name: 'relu has slope 0 at 0',
    shapes: [[1, 1, 3, 1]],
    inputs: [[0, -1, 1]],
    apply: engine.relu,
    wanted: [[0, 0, 1]],
  },
  {
    name: '|a - b| has slope 0 at 0',
    shapes: [
      [1, 1, 4, 1],
      [1, 1, 4, 1],
    ],
    inputs: [
      [1, 2, 3, 4],
      [1, 3, 3, 0],
    ],
    apply: engine.meanAbsoluteError,
    wanted: [
      [0, -0.25, 0, 0.25],
      [0, 0.25, 0, -0.25],
    ],
  },
  {
    name: 'pixelNorm divides a pixel of zeros by 1e-12',
    shapes: [[1, 1, 1, 2]],
    inputs: [[0, 0]],
    apply: (x: tf.Tensor4D) => engine.scaleBy(engine.pixelNorm(x), 1e-12),
    wanted: [[1, 1]],
  },
];

function contract(name: engine.EngineName): void {
  let used: engine.Engine;
  beforeAll(async () => {
    used = await engine.useEngine(name);
    expect(used.name).toBe(name);
    // Else tfjs computes these small tensors on the processor.
    if (name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  afterAll(() => used.dispose());

  test.each(ties)('where values are equal: $name', ({ shapes, inputs, apply, wanted }) => {
    const call = apply as unknown as (...xs: tf.Tensor[]) => tf.Tensor;
    const tensors = inputs.map((data, index) => tf.tensor(data, shapes[index]));
    const taped = tf.grads((...xs: tf.Tensor[]) => call(...xs))(tensors);
    const swept = engine.sweep(() => {
      const y = call(...tensors);
      return lossWithGradient(y, tf.onesLike(y));
    }, tensors);
    for (const gradients of [taped, swept.gradients]) {
      expect(gradients.map((gradient) => [...gradient.dataSync()])).toEqual(
        wanted.map((list) => list.map((value) => expect.closeTo(value, 4) as number)),
      );
    }
    tf.dispose([tensors, taped, swept.loss, swept.gradients]);
  });

  test.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_, { shapes, apply, linear }) => {
    const call = apply as unknown as (...inputs: tf.Tensor[]) => tf.Tensor;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = shapes.map((shape, index) => values(shape, `input ${index}`));
      const weights = values(call(...inputs).shape, 'weights');
      const taped = tf.grads((...xs: tf.Tensor[]) => tf.mul(call(...xs), weights))(inputs);
      const swept = engine.sweep(() => lossWithGradient(call(...inputs), weights), inputs);
      for (const [index, input] of inputs.entries()) {
        const gradient = taped[index] as tf.Tensor;
        const largest = tf.max(tf.abs(gradient)).dataSync()[0] as number;
        const gap = tf
          .max(tf.abs(tf.sub(gradient, swept.gradients[index] as tf.Tensor)))
          .dataSync()[0] as number;
        expect(gap / largest).toBeLessThan(1e-5);

        const direction = values(input.shape, `direction ${index}`);
        const step = linear ? 1 : 1e-3;
        const at = (distance: number): number => {
          const moved = tf.add(input, tf.mul(direction, distance));
          return inner(call(...inputs.map((x, i) => (i === index ? moved : x))), weights);
        };
        const difference = (at(step) - at(-step)) / (2 * step);
        const scale = Math.sqrt(inner(gradient, gradient) * inner(direction, direction));
        expect(Math.abs(difference - inner(gradient, direction)) / scale).toBeLessThan(linear ? 1e-6 : 2e-3);
      }
      tf.dispose([swept.loss, swept.gradients]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
}

describe.each(['cpu', 'wasm'] as const)('on %s', (name) => {
  contract(name);
});
describe.skipIf(!process.env['SPARNET_NATIVE'])('on native (in the folder SPARNET_NATIVE)', () => {
  contract('native');
});
describe.skipIf(!process.env['SPARNET_WEBGPU'])('on webgpu (in the folder SPARNET_WEBGPU)', () => {
  contract('webgpu');
});

test('what a gradient does not handle is refused', async () => {
  const used = await engine.useEngine('cpu');
  tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, 5, 6, 3]);
    const filter = tf.zeros<tf.Rank.R4>([3, 3, 3, 4]);
    const [three, four] = [tf.ones<tf.Rank.R1>([3]), tf.ones<tf.Rank.R1>([4])];
    const padding = (mode: string, size: number) => ({ padding: { mode: mode as 'zero', size } });
    const refused: [string, () => unknown][] = [
      ['for stride, got 3', () => engine.conv2d(x, filter, undefined, { stride: 3 as 1 })],
      ['for filter, got [3, 2, 3, 4]', () => engine.conv2d(x, tf.zeros([3, 2, 3, 4]))],
      ['for bias, got [3]', () => engine.conv2d(x, filter, three)],
      ['for padding size, got 0.5', () => engine.conv2d(x, filter, undefined, padding('zero', 0.5))],
      ['for padding size, got -1', () => engine.conv2d(x, filter, undefined, padding('reflect', -1))],
      ['for padding mode, got "same"', () => engine.conv2d(x, filter, undefined, padding('same', 1))],
      ['for size, got 1.5', () => engine.reflectPad(x, 1.5)],
      ['for slope, got -0.1', () => engine.leakyRelu(x, -0.1)],
      ['for alpha, got [4]', () => engine.prelu(x, four)],
      ['for gamma, got [4]', () => engine.batchNormTraining(x, four, three)],
      ['for beta, got [4]', () => engine.groupNorm(x, three, four, { groups: 1 })],
      ['for groups, got 1.5', () => engine.groupNorm(x, three, three, { groups: 1.5 })],
      ['for variance, got [4]', () => engine.batchNormInference(x, three, three, three, four)],
      ['for mode, got "cubic"', () => engine.resample(x, { mode: 'cubic' as 'bicubic', size: [2, 2] })],
      ['either size or scaleFactor, got neither', () => engine.resample(x, { mode: 'nearest' })],
    ];
    for (const [message, act] of refused) expect(act).toThrow(message);
  });
  used.dispose();
});
