import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { pixelLoss, type PixelLossKind, type PixelReduction } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  await useEngine('wasm');
});

const output = (): tf.Tensor4D => tf.tensor4d([1, -1, 0.5, 0, 3, 0, 0, 0], [2, 2, 2, 1]);
const target = (): tf.Tensor4D => tf.tensor4d([0, 1, 0.5, 0, 1, 0, 0, 0], [2, 2, 2, 1]);

test.each<[PixelLossKind, PixelReduction, number, number[]]>([
  ['squared', 'mean', 9 / 8, [2, -4, 0, 0, 4, 0, 0, 0].map((x) => x / 8)],
  ['squared', 'image', 9 / 2, [2, -4, 0, 0, 4, 0, 0, 0].map((x) => x / 2)],
  ['absolute', 'mean', 5 / 8, [1, -1, 0, 0, 1, 0, 0, 0].map((x) => x / 8)],
  ['absolute', 'image', 5 / 2, [1, -1, 0, 0, 1, 0, 0, 0].map((x) => x / 2)],
])('%s, %s', (kind, reduction, value, gradient) => {
  const result = tf.valueAndGrad((x: tf.Tensor4D) => pixelLoss(x, target(), { kind, reduction }))(output());
  expect(result.value.dataSync()[0]).toBeCloseTo(value, 6);
  expect([...result.grad.dataSync()]).toEqual(gradient.map((x) => expect.closeTo(x, 6) as number));
});

test('unequal shapes are refused', () => {
  expect(() => pixelLoss(output(), tf.zeros([2, 2, 2, 3]))).toThrow(
    'expected the shape of the output, [2, 2, 2, 1], for target, got [2, 2, 2, 3]',
  );
  expect(() => pixelLoss(output(), target(), { kind: 'cubic' as PixelLossKind })).toThrow(
    'squared, absolute',
  );
});
