import '@tensorflow/tfjs';
import {
  add,
  batchNormTraining,
  checkpointed,
  commitUpdates,
  conv2d,
  leakyRelu,
  meanSquaredError,
  recordUpdate,
  spectralWeight,
  sweep,
  useEngine,
} from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  await useEngine('wasm');
});

/** Two convolutions with a batch norm, and a buffer that each forward pass doubles and the result depends on. */
function network() {
  const filter = variable(() => tf.randomNormal<tf.Rank.R4>([3, 3, 2, 2], 0, 1, 'float32', 1));
  const other = variable(() => tf.randomNormal<tf.Rank.R4>([1, 1, 2, 2], 0, 1, 'float32', 2));
  const gamma = variable(() => tf.tensor1d([1, 2]));
  const beta = variable(() => tf.tensor1d([0.5, -1]));
  const running = {
    mean: variable(() => tf.zeros<tf.Rank.R1>([2]), false),
    variance: variable(() => tf.ones<tf.Rank.R1>([2]), false),
    batches: variable(() => tf.scalar(0), false),
    momentum: 0.1,
  };
  const doubled = variable(() => tf.scalar(1), false);
  const block = (x: tf.Tensor4D): tf.Tensor4D => {
    let scaled = tf.ones<tf.Rank.R4>([1, 1, 2, 2]);
    recordUpdate(doubled, (old) => {
      scaled = tf.keep(tf.mul(scaled, old));
      return tf.mul(old, 2);
    });
    const y = conv2d(x, filter, undefined, { padding: { mode: 'reflect', size: 1 } });
    const normed = batchNormTraining(y, gamma, beta, { running }).y;
    const sum = add(conv2d(leakyRelu(normed), other), conv2d(x, scaled));
    scaled.dispose();
    return sum;
  };
  const leaves = [filter, other, gamma, beta];
  const buffers = [running.mean, running.variance, running.batches, doubled];
  return { block, leaves, buffers, dispose: () => tf.dispose([...leaves, ...buffers]) };
}

function variable<Rank extends tf.Rank>(make: () => tf.Tensor<Rank>, trainable = true): tf.Variable<Rank> {
  return tf.tidy(() => tf.variable(make(), trainable));
}

function differentiated(wrap: (block: (x: tf.Tensor4D) => tf.Tensor4D, x: tf.Tensor4D) => tf.Tensor4D) {
  const { block, leaves, buffers, dispose } = network();
  const x = tf.randomNormal<tf.Rank.R4>([2, 5, 4, 2], 0, 1, 'float32', 3);
  const target = tf.zerosLike(x);
  const swept = sweep(
    () => meanSquaredError(wrap(block, wrap(block, wrap(block, x))), target),
    [...leaves, x],
  );
  commitUpdates(swept.updates);
  const values = [swept.loss, ...swept.gradients, ...buffers].map((tensor) => [...tensor.dataSync()]);
  tf.dispose([swept.loss, swept.gradients, x, target]);
  dispose();
  return values;
}

test('gradients, statistics and buffers are those without it, to the last bit', () => {
  const plain = differentiated((block, x) => block(x));
  const before = tf.memory().numTensors;
  expect(differentiated(checkpointed)).toEqual(plain);
  expect(tf.memory().numTensors).toBe(before);
  expect(plain.at(-1)).toEqual([8]);
});

test('blocks inside blocks, too', () => {
  const nested = (block: (x: tf.Tensor4D) => tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D =>
    checkpointed((inner) => checkpointed(block, inner), x);
  expect(differentiated(nested)).toEqual(differentiated((block, x) => block(x)));
});

test('only inputs of blocks are kept until the backward pass', () => {
  const { block, leaves, dispose } = network();
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
  const keptBy = (wrap: typeof checkpointed): number => {
    let kept = 0;
    const before = tf.memory().numTensors;
    const { loss, gradients, updates } = sweep(() => {
      const y = wrap(block, x);
      kept = tf.memory().numTensors - before;
      return meanSquaredError(y, x);
    }, leaves);
    tf.dispose([loss, gradients, updates.map(({ value }) => value)]);
    expect(tf.memory().numTensors).toBe(before);
    return kept;
  };
  // The output, the input, the new values of four buffers.
  expect(keptBy(checkpointed)).toBe(6);
  expect(keptBy((inner, input) => inner(input))).toBeGreaterThan(12);
  x.dispose();
  dispose();
});

test('a failure when it runs again leaves no tensor behind', () => {
  const { block, leaves, dispose } = network();
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
  const before = tf.memory().numTensors;
  let runs = 0;
  const failing = (input: tf.Tensor4D): tf.Tensor4D => {
    const y = block(input);
    runs += 1;
    if (runs === 2) throw new Error('no memory');
    return y;
  };
  expect(() => sweep(() => meanSquaredError(checkpointed(failing, x), x), leaves)).toThrow('no memory');
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
  dispose();
});

test('outside a sweep the block is run', () => {
  const x = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
  const y = checkpointed((input) => add(input, input), x);
  expect([...y.dataSync()]).toEqual([2]);
  tf.dispose([x, y]);
});

/** What a sweep gives with a block as it is, and checkpointed. */
function both(forward: (wrap: typeof checkpointed) => tf.Scalar, leaves: tf.Tensor[]): number[][][] {
  return [checkpointed, (block: (x: tf.Tensor4D) => tf.Tensor4D, x: tf.Tensor4D) => block(x)].map((wrap) => {
    const before = tf.memory().numTensors;
    const { loss, gradients, updates } = sweep(() => forward(wrap), leaves);
    const values = [loss, ...gradients].map((tensor) => [...tensor.dataSync()]);
    tf.dispose([loss, gradients, updates.map(({ value }) => value)]);
    expect(tf.memory().numTensors).toBe(before);
    return values;
  });
}

test('a block that reads a buffer that was changed before it, one that returns its input, one that closes over its input', () => {
  const filter = variable(() => tf.randomNormal<tf.Rank.R4>([1, 1, 2, 2], 0, 1, 'float32', 4));
  const singular = {
    u: variable(() => tf.tensor1d([0.6, 0.8]), false),
    v: variable(() => tf.tensor3d([0.8, 0.6], [1, 1, 2]), false),
  };
  const x = variable(() => tf.randomNormal<tf.Rank.R4>([1, 3, 3, 2], 0, 1, 'float32', 5));
  const square = (y: tf.Tensor4D): tf.Scalar => meanSquaredError(y, tf.zerosLike(y));

  const [again, plain] = both(
    (wrap) =>
      square(
        wrap(
          (inner) => conv2d(inner, spectralWeight(filter, singular)),
          conv2d(x, spectralWeight(filter, singular, { iterate: true })),
        ),
      ),
    [filter],
  );
  expect(again).toEqual(plain);

  const [same, itself] = both((wrap) => square(wrap((inner) => inner, conv2d(x, filter))), [filter]);
  expect(same).toEqual(itself);
  expect(same?.[1]?.some((value) => value !== 0)).toBe(true);

  const [closed, open] = both(
    (wrap) => square(wrap((inner) => add(inner, conv2d(x, filter)), x)),
    [filter, x],
  );
  for (const [index, values] of (closed as number[][]).entries())
    for (const [at, value] of values.entries()) expect(value).toBeCloseTo(open?.[index]?.[at] as number, 5);
  tf.dispose([filter, singular.u, singular.v, x]);
});

test('a block without a leaf has no gradient; one that fails the first time leaves nothing behind', () => {
  const { leaves, block, dispose } = network();
  const other = variable(() => tf.ones<tf.Rank.R4>([1, 1, 2, 2]));
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
  const before = tf.memory().numTensors;
  expect(() =>
    sweep(
      () =>
        meanSquaredError(
          checkpointed((y) => conv2d(y, other), x),
          x,
        ),
      leaves,
    ),
  ).toThrow('depends on no leaf');
  const failing = (input: tf.Tensor4D): tf.Tensor4D => {
    block(input);
    throw new Error('no memory');
  };
  expect(() => sweep(() => meanSquaredError(checkpointed(failing, block(x)), x), leaves)).toThrow(
    'no memory',
  );
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, other]);
  dispose();
});
