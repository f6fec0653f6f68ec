import {
  add,
  batchNormTraining,
  commitUpdates,
  conv2d,
  leakyRelu,
  meanSquaredError,
  recordUpdate,
  scaleBy,
  scope,
  sweep,
  useEngine,
} from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { runOne, type Operation } from './operation.ts';

beforeAll(async () => {
  await useEngine('wasm');
});

const failing: Operation<object> = {
  name: 'SparnetFailing',
  inputNames: ['x'],
  keepsInputs: [0],
  keepsOutputs: [0],
  forward: ([x]) => [tf.mul(x as tf.Tensor, 2)],
  backward({ inputs: [x] }) {
    tf.square(x as tf.Tensor);
    throw new Error('no memory');
  },
};

const total: Operation<object> = {
  name: 'SparnetTotal',
  inputNames: ['x'],
  keepsInputs: [],
  keepsOutputs: [],
  forward: ([x]) => [tf.sum(x as tf.Tensor)],
  backward: ({ gradients: [dy] }) => [tf.reshape(dy as tf.Tensor, [1])],
};

const ones = (...shape: [number, number, number, number]): tf.Tensor4D => tf.ones(shape);

test('a tensor used twice gets the sum of both gradients', () => {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const { loss, gradients } = sweep(() => meanSquaredError(add(x, x), tf.zerosLike(x)), [x]);
  expect(loss.dataSync()[0]).toBe(30); // the mean of (2x)^2
  expect([...(gradients[0] as tf.Tensor).dataSync()]).toEqual([2, 4, 6, 8]); // 8x / 4
  tf.dispose([x, loss, gradients]);
});

test('frees everything but its results, also in the middle of blocks', () => {
  const filter = tf.variable(ones(3, 3, 2, 2));
  const x = ones(1, 8, 8, 2);
  const before = tf.memory().numTensors;
  const { loss, gradients } = sweep(() => {
    let y = x;
    for (let depth = 0; depth < 5; depth++) {
      y = scope(() => leakyRelu(conv2d(y, filter, undefined, { padding: { mode: 'reflect', size: 1 } })));
    }
    return meanSquaredError(y, tf.zerosLike(y)); // the target is made inside and needed in the backward pass
  }, [filter]);
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose([loss, gradients, filter, x]);
});

test('a failure in the forward pass leaves no tensor behind', () => {
  const filter = tf.variable(ones(3, 3, 1, 1));
  const buffer = tf.variable(tf.scalar(0), false);
  const x = ones(1, 4, 4, 1);
  const before = tf.memory().numTensors;
  const broken = (): tf.Scalar => {
    recordUpdate(buffer, () => tf.scalar(1));
    conv2d(x, filter);
    throw new Error('out of memory');
  };
  expect(() => sweep(broken, [filter])).toThrow('out of memory');
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([filter, buffer, x]);
});

test.each(['backward pass', 'loss'])('a failure in the %s leaves no tensor behind', (where) => {
  const filter = tf.variable(ones(3, 3, 1, 1));
  const buffer = tf.variable(tf.scalar(0), false);
  const x = ones(1, 4, 4, 1);
  const forward = (): tf.Scalar => {
    recordUpdate(buffer, () => tf.scalar(1));
    const y = conv2d(x, filter);
    const z = add(y, runOne<tf.Tensor4D, object>(failing, [leakyRelu(y)], {}));
    return where === 'loss' ? (z as unknown as tf.Scalar) : meanSquaredError(z, tf.zerosLike(z));
  };
  const before = tf.memory().numTensors;
  expect(() => sweep(forward, [filter])).toThrow(where === 'loss' ? 'expected a scalar' : 'no memory');
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([filter, buffer, x]);
});

test('another copy of the package is heard, too', async () => {
  vi.resetModules();
  const copy = await import('@sparnet/engine');
  expect(copy.add).not.toBe(add);
  const x = ones(1, 1, 1, 1);
  const { loss, gradients } = sweep(() => meanSquaredError(copy.add(x, x), tf.zerosLike(x)), [x]);
  expect([...(gradients[0] as tf.Tensor).dataSync()]).toEqual([8]);
  tf.dispose([x, loss, gradients]);
});

test('a batch norm used twice tracks the same in a sweep as outside', () => {
  const [x, other] = [tf.randomNormal<tf.Rank.R4>([2, 3, 3, 2]), tf.randomNormal<tf.Rank.R4>([2, 3, 3, 2])];
  const [gamma, beta] = [tf.ones<tf.Rank.R1>([2]), tf.zeros<tf.Rank.R1>([2])];
  const track = (commit: (forward: () => tf.Scalar) => void): ArrayLike<number>[] => {
    const buffers = tf.tidy(() => ({
      mean: tf.variable(tf.zeros<tf.Rank.R1>([2]), false),
      variance: tf.variable(tf.ones<tf.Rank.R1>([2]), false),
      batches: tf.variable(tf.scalar(0), false),
    }));
    commit(() => {
      for (const input of [x, other]) {
        batchNormTraining(input, gamma, beta, { running: { ...buffers, momentum: 0.1 } });
      }
      return meanSquaredError(x, other);
    });
    const values = Object.values(buffers).map((buffer) => [...buffer.dataSync()]);
    tf.dispose(Object.values(buffers));
    return values;
  };
  const outside = track((forward) => tf.dispose(tf.tidy(forward)));
  const before = tf.memory().numTensors;
  const inside = track((forward) => {
    const { loss, gradients, updates } = sweep(forward, [x]);
    expect(updates).toHaveLength(3);
    commitUpdates(updates);
    tf.dispose([loss, gradients]);
  });
  expect(inside).toEqual(outside);
  expect(inside[2]).toEqual([2]);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, other, gamma, beta]);
});

test('no gradient flows through the statistics of a batch', () => {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const gamma = tf.variable(tf.ones<tf.Rank.R1>([1]));
  const { loss, gradients } = sweep(() => {
    const { mean } = batchNormTraining(x, gamma, tf.zeros([1]));
    return scaleBy(runOne<tf.Scalar, object>(total, [mean], {}), 2);
  }, [gamma]);
  expect(loss.dataSync()[0]).toBe(5);
  expect([...(gradients[0] as tf.Tensor).dataSync()]).toEqual([0]);
  tf.dispose([x, gamma, loss, gradients]);
});

test('hands out changes of buffers, which are committed once', () => {
  const x = ones(1, 2, 2, 1);
  const buffer = tf.variable(tf.scalar(5), false);
  const increment = (): void => recordUpdate(buffer, (value) => tf.add(value, 1));
  const { loss, gradients, updates } = sweep(() => {
    increment();
    return meanSquaredError(x, tf.zerosLike(x));
  }, [x]);
  expect(buffer.dataSync()[0]).toBe(5);
  commitUpdates(updates);
  expect(buffer.dataSync()[0]).toBe(6);
  increment(); // outside a sweep: at once
  expect(buffer.dataSync()[0]).toBe(7);
  tf.dispose([x, buffer, loss, gradients]);
});

test('a loss that depends on no leaf is an error', () => {
  const x = ones(1, 2, 2, 1);
  const leaf = tf.variable(tf.scalar(1));
  expect(() => sweep(() => meanSquaredError(x, x), [leaf])).toThrow('the loss depends on no leaf');
  tf.dispose([x, leaf]);
});

test('a convolution of less than its filter is refused, not left to the engine', () => {
  const filter = ones(3, 3, 2, 3);
  expect(() => conv2d(ones(1, 1, 1, 2), filter)).toThrow('no smaller than the filter of 3x3');
  expect(() => conv2d(tf.zeros([1, 0, 4, 2]), filter)).toThrow('no smaller than the filter');
  filter.dispose();
});
