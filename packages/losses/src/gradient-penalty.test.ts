import '@tensorflow/tfjs';
import { randomStream } from '@sparnet/core';
import {
  conv2d,
  leakyRelu,
  pixelNorm,
  recordUpdate,
  resample,
  scaleBy,
  sigmoid,
  spectralWeight,
  sweep,
  useEngine,
} from '@sparnet/engine';
import { gradientPenalty, imagesBetween } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differenceGap, differentiated } from '../fixtures/gradients.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

function values(shape: [number, number, number, number], purpose: string): tf.Tensor4D {
  const random = randomStream({ seed: 9, purpose });
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor4d(
    Float32Array.from({ length: size }, () => random.normal() * 0.4),
    shape,
  );
}

/** Curved, so that the penalty also depends on where it is taken. */
const critic =
  (first: tf.Tensor4D, second: tf.Tensor4D) =>
  (x: tf.Tensor4D): tf.Tensor4D => {
    const small = resample(x, { mode: 'bilinear', scaleFactor: 0.5 });
    const features = sigmoid(conv2d(small, first, undefined, { padding: { mode: 'reflect', size: 1 } }));
    return scaleBy(conv2d(features, second), 5);
  };

test('a critic of one factor: the penalty and its gradient are those of the formula', () => {
  const [x, factor] = [tf.ones<tf.Rank.R4>([2, 1, 1, 4]), tf.tensor4d([1, 2, 2, 4], [1, 1, 4, 1])];
  // d scores / dx is the factor itself, of length 5: 10 (5 - 1)^2, and 20 (5 - 1) factor / 5.
  const { value, gradients } = differentiated((f) => gradientPenalty((y) => conv2d(y, f), x), [factor]);
  expect(value).toBeCloseTo(160, 4);
  expect([...gradients[0]!]).toEqual([16, 32, 32, 64].map((v) => expect.closeTo(v, 4) as number));
  const lighter = differentiated((f) => gradientPenalty((y) => conv2d(y, f), x, { weight: 0.5 }), [factor]);
  expect(lighter.value).toBeCloseTo(8, 5);
  tf.dispose([x, factor]);
});

test('second-order gradients by weights and images are those of central differences', () => {
  const inputs = [values([2, 6, 8, 3], 'x'), values([3, 3, 3, 4], 'first'), values([1, 1, 4, 1], 'second')];
  const loss = (x: tf.Tensor4D, first: tf.Tensor4D, second: tf.Tensor4D): tf.Scalar =>
    gradientPenalty(critic(first, second), x);
  const found = differentiated(loss, inputs);
  expect(found.value).toBeGreaterThan(0.1);
  expect(differenceGap(loss, inputs, found, { step: 0.02, places: 4 })).toBeLessThan(4e-3);
  tf.dispose(inputs);
});

test('a critic without a slope costs the weight and has no gradient, not NaN', () => {
  const [x, filter] = [values([1, 3, 3, 2], 'x'), tf.zeros<tf.Rank.R4>([1, 1, 2, 1])];
  const { value, gradients } = differentiated((f) => gradientPenalty((y) => conv2d(y, f), x), [filter]);
  expect(value).toBe(10);
  expect([...gradients[0]!].map(Math.abs)).toEqual([0, 0]);
  tf.dispose([x, filter]);
});

test('no buffer is changed, and an operation without a rule is refused', () => {
  const [x, filter] = [values([1, 3, 3, 2], 'x'), values([1, 1, 2, 1], 'f')];
  const steps = tf.variable(tf.scalar(0), false);
  const counting = (y: tf.Tensor4D): tf.Tensor4D => {
    recordUpdate(steps, (old) => tf.add(old, 1));
    return leakyRelu(conv2d(y, filter));
  };
  const before = tf.memory().numTensors;
  const { loss, gradients, updates } = sweep(() => gradientPenalty(counting, x), [filter]);
  expect(updates).toEqual([]);
  tf.dispose([loss, gradients]);
  gradientPenalty(counting, x).dispose();
  expect(steps.dataSync()[0]).toBe(0);
  expect(() => tf.tidy(() => gradientPenalty((y) => conv2d(pixelNorm(y), filter), x))).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
  expect(() => gradientPenalty(counting, x, { weight: -1 })).toThrow('for weight, got -1');
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, filter, steps]);
});

test('spectral norm: both passes see the weight after the same power iteration, which is not kept', () => {
  const [x, filter] = [values([1, 3, 3, 2], 'x'), values([1, 1, 2, 3], 'f')];
  const u = tf.variable(tf.tensor1d([1, 0, 0]), false);
  const v = tf.variable(tf.tensor3d([1, 0], [1, 1, 2]), false);
  const penalty =
    (iterate: boolean) =>
    (f: tf.Tensor4D): tf.Scalar =>
      gradientPenalty((y) => leakyRelu(conv2d(y, spectralWeight(f, { u, v }, { iterate }))), x);
  const found = differentiated(penalty(true), [filter]);
  expect([...u.dataSync()]).toEqual([1, 0, 0]);
  spectralWeight(filter, { u, v }, { iterate: true }).dispose();
  const wanted = differentiated(penalty(false), [filter]);
  expect(found.value).toBeCloseTo(wanted.value, 4);
  for (const [place, value] of wanted.gradients[0]!.entries())
    expect(found.gradients[0]![place]).toBeCloseTo(value, 4);
  tf.dispose([x, filter, u, v]);
});

test('images between two others, each by its share', () => {
  const [real, fake] = [tf.fill<tf.Rank.R4>([2, 1, 2, 1], 4), tf.zeros<tf.Rank.R4>([2, 1, 2, 1])];
  const between = imagesBetween(real, fake, [0.25, 1]);
  expect([...between.dataSync()]).toEqual([1, 1, 4, 4]);
  expect(() => imagesBetween(real, fake, [0.5])).toThrow('a share an image, 2, got 1');
  expect(() => imagesBetween(real, fake, [0.5, 2])).toThrow('between 0 and 1 for share, got 2');
  expect(() => imagesBetween(real, tf.zeros([2, 1, 1, 1]), [0, 0])).toThrow('for fake, got [2, 1, 1, 1]');
  tf.dispose([real, fake, between]);
});
