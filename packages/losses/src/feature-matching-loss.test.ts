import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { featureMatchingLoss } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differentiated } from '../fixtures/gradients.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

const features = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [1, 1, values.length, 1]);

test('means of layers, their sum, over the scales; the real ones are constants', () => {
  const real = [[features(1, 2), features(0)], [features(4, 4, 4, 4)]];
  const fake = [features(2, 4), features(-5), features(4, 4, 4, 6)];
  const loss =
    (reduction: 'released' | 'paper') =>
    (a: tf.Tensor4D, b: tf.Tensor4D, c: tf.Tensor4D): tf.Scalar =>
      featureMatchingLoss(real, [[a, b], [c]], { reduction });
  const paper = differentiated(loss('paper'), fake);
  expect(paper.value).toBeCloseTo(1.5 + 5 + 0.5, 6);
  expect(paper.gradients.map((each) => [...each])).toEqual([[0.5, 0.5], [-1], [0, 0, 0, 0.25]]);
  const released = differentiated(loss('released'), fake);
  expect(released.value).toBeCloseTo(paper.value / 2, 6);
  expect(released.gradients.map((each) => [...each])).toEqual([[0.25, 0.25], [-0.5], [0, 0, 0, 0.125]]);

  const both = differentiated((a, b) => featureMatchingLoss([[a]], [[b]]), [fake[0]!, real[0]![0]!]);
  expect([...both.gradients[0]!]).toEqual([0, 0]);
  expect([...both.gradients[1]!]).toEqual([-0.5, -0.5]);
  tf.dispose([real, fake]);
});

test('what does not fit together is refused', () => {
  const [one, two] = [features(1), features(1, 2)];
  expect(() => featureMatchingLoss([[one]], [])).toThrow('as many scales');
  expect(() => featureMatchingLoss([[one], [one]], [[one], [one, one]])).toThrow('got 1 and 2 in scale 1');
  expect(() => featureMatchingLoss([[]], [[]])).toThrow('got 0 and 0 in scale 0');
  expect(() => featureMatchingLoss([[one]], [[two]])).toThrow('for b, got [1, 1, 1, 1]');
  expect(() => featureMatchingLoss([[one]], [[one]], { reduction: 'mean' as 'paper' })).toThrow(
    'released, paper',
  );
  tf.dispose([one, two]);
});
