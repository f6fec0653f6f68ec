import '@tensorflow/tfjs';
import { sweep, useEngine } from '@sparnet/engine';
import { faceRecognition } from '@sparnet/features';
import { faceRecognitionWeights } from '@sparnet/features/node';
import { identityLoss } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differentiated } from '../fixtures/gradients.ts';
import { pictures } from '../fixtures/pictures.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

test('identity: 1 - the mean cosine of the descriptors, its gradient by the output alone', async () => {
  const network = faceRecognition(await faceRecognitionWeights());
  const [output, target] = pictures([2, 32, 32, 3]);
  const descriptors = (x: tf.Tensor4D): number[] => tf.tidy(() => [...network.descriptors(x).dataSync()]);
  const [a, b] = [descriptors(output), descriptors(target)];
  const cosine = (image: number): number => {
    const inner = (u: number[], v: number[]): number =>
      u.slice(128 * image, 128 * image + 128).reduce((sum, each, i) => sum + each * v[128 * image + i]!, 0);
    return inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
  };
  const loss = (x: tf.Tensor4D, y: tf.Tensor4D): tf.Scalar => identityLoss(x, y, { network });
  const { value, gradients } = differentiated((x) => loss(x, target), [output]);
  expect(value).toBeGreaterThan(1e-4);
  expect(value).toBeCloseTo(1 - (cosine(0) + cosine(1)) / 2, 5);
  expect(Math.max(...gradients[0]!.map(Math.abs))).toBeGreaterThan(1e-9);
  expect(() => sweep(() => loss(output, target), [target])).toThrow('depends on no leaf');
  const same = identityLoss(output, output, { network });
  expect(same.dataSync()[0]).toBe(0);
  expect(() => identityLoss(output, tf.zeros([2, 32, 31, 3]), { network })).toThrow('for target');
  network.dispose();
  tf.dispose([output, target, same]);
});
