import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { featureNetwork, randomVgg19Weights } from '@sparnet/features';
import { perceptualLoss } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differenceGap, differentiated } from '../fixtures/gradients.ts';
import { pictures } from '../fixtures/pictures.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

const weights = randomVgg19Weights({ seed: 4, widths: [3, 4, 5, 6, 7] });
const valueOf = (loss: tf.Scalar): number => {
  const [value] = loss.dataSync();
  loss.dispose();
  return value as number;
};

test('a sum of weighted means over the layers; the target is a constant', () => {
  const network = featureNetwork('vgg19', weights, { taps: ['features.0', 'features.5'] });
  const [output, target] = pictures([2, 12, 10, 3]);
  const mean = (tap: string): number =>
    tf.tidy(() => {
      const [a, b] = [output, target].map((x) => network.forward(x)[tap] as tf.Tensor);
      return tf.mean(tf.abs(tf.sub(a as tf.Tensor, b as tf.Tensor))).dataSync()[0] as number;
    });
  const parts = [mean('features.0'), mean('features.5')] as [number, number];
  expect(valueOf(perceptualLoss(output, target, { network }))).toBeCloseTo(parts[0] + parts[1], 5);
  const weighted = perceptualLoss(output, target, { network, layerWeights: [0, 3] });
  expect(valueOf(weighted)).toBeCloseTo(3 * parts[1], 5);

  const loss = (x: tf.Tensor4D): tf.Scalar => perceptualLoss(x, target, { network });
  const found = differentiated(loss, [output]);
  expect(differenceGap(loss, [output], found, { step: 2e-3, places: 6 })).toBeLessThan(0.02);
  const { gradients } = differentiated((a, b) => perceptualLoss(a, b, { network }), [output, target]);
  expect(Math.max(...gradients[0]!.map(Math.abs))).toBeGreaterThan(1e-5);
  expect(Math.max(...gradients[1]!.map(Math.abs))).toBe(0);

  expect(() => perceptualLoss(output, target, { network, layerWeights: [1] })).toThrow(
    '2 numbers, for features.0, features.5, for layerWeights',
  );
  expect(() => perceptualLoss(output, target, { network, layerWeights: [1, NaN] })).toThrow('layerWeights');
  const small = tf.zeros<tf.Rank.R4>([2, 12, 9, 3]);
  expect(() => perceptualLoss(output, small, { network })).toThrow('for target, got [2, 12, 9, 3]');
  network.dispose();
  tf.dispose([output, target, small]);
});
