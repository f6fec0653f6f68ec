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
  linear?: true;
}

const image: Shape = [2, 5, 6, 3];

function convolution(id: string, x: Shape, filter: Shape, options: object, bias = false): Case {
  return {
    name: `conv2d ${id}`,
    shapes: bias ? [x, filter, [filter[3]]] : [x, filter],
    apply: (a: tf.Tensor4D, f: tf.Tensor4D, b?: tf.Tensor1D) => engine.conv2d(a, f, b, options),
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
  convolution('1x1 stride 2', image, [1, 1, 3, 4], { stride: 2 }),
  convolution('3x3 stride 2 odd', [2, 7, 9, 3], [3, 3, 3, 4], { stride: 2 }),
  convolution('1x1', image, [1, 1, 3, 4], {}, true),
  convolution('3x3 zero', image, [3, 3, 3, 4], { padding: { mode: 'zero', size: 1 } }),
  convolution('4x4 zero 2 stride 2', [2, 8, 7, 3], [4, 4, 3, 4], {
    padding: { mode: 'zero', size: 2 },
    stride: 2,
  }),
  convolution('3x3 without padding', image, [3, 3, 3, 4], {}),
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
    shapes: [image, [3], [3]],
    apply: (x: tf.Tensor4D, g: tf.Tensor1D, b: tf.Tensor1D) =>
      engine.batchNormInference(x, g, b, tf.tensor1d([0.1, 0, -0.3]), tf.tensor1d([1, 0.5, 2])),
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
  { name: 'multiply', shapes: [image, image], apply: engine.multiply },
  { name: 'multiply map', shapes: [image, [2, 5, 6, 1]], apply: engine.multiply },
  { name: 'multiply channel', shapes: [image, [2, 1, 1, 3]], apply: engine.multiply },
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

function inner(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.sum(tf.mul(a, b)).dataSync()[0] as number);
}

/** A loss whose gradient by `output` is `weights`, from operations that a sweep records. */
function lossWithGradient(output: tf.Tensor, weights: tf.Tensor): tf.Scalar {
  if (output.rank === 0) return engine.scaleBy(output as tf.Scalar, weights.dataSync()[0] as number);
  const target = tf.sub(output, tf.mul(weights, output.size / 2));
  return engine.meanSquaredError(output as tf.Tensor4D, target as tf.Tensor4D);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (name) => {
  let used: engine.Engine;
  beforeAll(async () => {
    used = await engine.useEngine(name);
    expect(used.name).toBe(name);
  });
  afterAll(() => used.dispose());

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
});
