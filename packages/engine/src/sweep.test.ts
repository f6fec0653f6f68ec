import {
  add,
  commitUpdates,
  conv2d,
  leakyRelu,
  meanSquaredError,
  recordUpdate,
  scope,
  sweep,
  useEngine,
} from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  await useEngine('wasm');
});

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

test('hands out changes of buffers, which are committed once', () => {
  const x = ones(1, 2, 2, 1);
  const buffer = tf.variable(tf.scalar(5), false);
  const increment = (): void => recordUpdate(buffer, () => tf.add(buffer, 1));
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
