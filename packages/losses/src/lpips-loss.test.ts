import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { lpips } from '@sparnet/features';
import { lpipsLoss } from '@sparnet/losses';
import { readWeights } from '@sparnet/weights/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differentiated } from '../fixtures/gradients.ts';
import { pictures } from '../fixtures/pictures.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

test('LPIPS: the mean of the distances, its gradient by the output alone', async () => {
  const backbone = await readWeights(
    new URL('../../../vectors/lpips/backbone-squeeze-random.safetensors', import.meta.url).pathname,
  );
  const metric = lpips({ net: 'squeeze', backbone });
  const [output, target] = pictures([2, 40, 36, 3]);
  const distances = tf.tidy(() => [...metric.distance(output, target).dataSync()]) as [number, number];
  const loss = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar => lpipsLoss(a, b, { metric });
  const { value, gradients } = differentiated(loss, [output, target]);
  expect(value).toBeCloseTo((distances[0] + distances[1]) / 2, 6);
  expect(Math.max(...gradients[0]!.map(Math.abs))).toBeGreaterThan(1e-7);
  expect(Math.max(...gradients[1]!.map(Math.abs))).toBe(0);
  metric.dispose();
  tf.dispose([output, target]);
});
