import '@tensorflow/tfjs';
import { useEngine } from '@sparnet/engine';
import { randomVgg19Weights } from '@sparnet/features';
import { vgg19Network, type Vgg19TapSide } from '@sparnet/losses';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

const weights = randomVgg19Weights({ seed: 4, widths: [3, 4, 5, 6, 7] });

test.each<[Vgg19TapSide, number[]]>([
  ['released', [3, 8, 17, 26, 34]],
  ['before', [2, 7, 16, 25, 34]],
  ['after', [3, 8, 17, 26, 35]],
])('taps %s', (taps, layers) => {
  const network = vgg19Network({ weights, taps });
  expect(network.taps).toEqual(layers.map((layer) => `features.${layer}`));
  network.dispose();
});

test('narrow images are enlarged to 224 x 224, wide ones are not, whatever the height', () => {
  const network = vgg19Network({ weights });
  const sides = (height: number, width: number): number[] =>
    tf.tidy(() =>
      (network.forward(tf.zeros([1, height, width, 3]))['features.3'] as tf.Tensor).shape.slice(1, 3),
    );
  expect(sides(300, 223)).toEqual([224, 224]);
  expect(sides(16, 16)).toEqual([224, 224]);
  expect(sides(16, 224)).toEqual([16, 224]);
  expect(sides(16, 240)).toEqual([16, 240]);
  network.dispose();
});

test('without weights there is no network, but an error that says what to do', () => {
  const refused = (code: string, part: string): unknown =>
    expect.objectContaining({ code, message: expect.stringContaining(part) as string });
  expect(() => vgg19Network({})).toThrow(refused('missing-file', "networkWeights('vgg19')"));
  expect(() => vgg19Network({})).toThrow(refused('missing-file', 'randomWeights: 1'));
  expect(() => vgg19Network({ weights, randomWeights: 1 })).toThrow(refused('bad-argument', 'got both'));
  expect(() => vgg19Network({ weights, taps: 'relu' as 'after' })).toThrow('released, before, after');
});

test('random weights, when asked for, are those of the true size, the same for the same seed', () => {
  const before = tf.memory();
  const network = vgg19Network({ randomWeights: 1 });
  const { numTensors, numBytes } = tf.memory();
  expect(numTensors - before.numTensors).toBe(32);
  expect(numBytes - before.numBytes).toBe(4 * 20_024_384);
  network.dispose();
  const again = randomVgg19Weights({ seed: 4, widths: [3, 4, 5, 6, 7] });
  expect(again).toEqual(weights);
  expect(randomVgg19Weights({ seed: 5, widths: [3, 4, 5, 6, 7] })).not.toEqual(weights);
});
