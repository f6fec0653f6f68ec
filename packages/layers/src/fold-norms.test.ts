import { useEngine } from '@sparnet/engine';
import { ConvLayer, FaceAttentionUnit, type Module } from '@sparnet/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

let x: tf.Tensor4D;
beforeAll(async () => {
  await useEngine('wasm');
  x = tf.tidy(() => tf.randomNormal<tf.Rank.R4>([2, 16, 16, 8], 0, 1, 'float32', 1));
});

/** What inference gives, its running statistics having seen something. */
function inferred(module: Module): Float32Array {
  const y = module.forward(x);
  const values = y.dataSync().slice() as Float32Array;
  y.dispose();
  return values;
}

test.each([
  ['a face attention unit', () => unit('none', 8)],
  ['one that enlarges', () => unit('up', 4)],
  ['one that reduces', () => unit('down', 12)],
  ['a layer without a norm', () => new ConvLayer({ inChannels: 8, outChannels: 4 })],
  ['a layer with instance norm', () => new ConvLayer({ inChannels: 8, outChannels: 4, norm: 'instance' })],
  [
    'a layer with spectral norm',
    () => new ConvLayer({ inChannels: 8, outChannels: 4, norm: 'batch', spectralNorm: true }),
  ],
])('%s infers the same with folded norms, and keeps no more tensors', (_, make) => {
  const module = make();
  tf.dispose(module.forward(x, { training: true }));
  const plain = inferred(module);
  const before = tf.memory().numTensors;
  module.foldNorms();
  module.foldNorms();
  const folded = inferred(module);
  expect(tf.memory().numTensors).toBe(before);
  const most = Math.max(...plain.map(Math.abs));
  for (const [i, value] of plain.entries())
    expect(Math.abs((folded[i] as number) - value)).toBeLessThan(2e-6 * most);
  module.dispose();
});

test('a folded network is neither trained nor saved nor loaded', async () => {
  const module = unit('none', 8);
  const state = await module.stateDict();
  module.foldNorms();
  const refused = expect.objectContaining({
    code: 'bad-state',
    message: expect.stringContaining('its norms are folded'),
  });
  expect(() => module.forward(x, { training: true })).toThrow(refused);
  expect(() => module.loadStateDict(state)).toThrow(refused);
  await expect(module.stateDict()).rejects.toEqual(refused);
  module.dispose();
});

function unit(scale: 'none' | 'up' | 'down', outChannels: number): FaceAttentionUnit {
  return new FaceAttentionUnit({
    inChannels: 8,
    outChannels,
    scale,
    norm: 'batch',
    activation: 'leaky-relu',
    attention: '2d',
    hourglassWidth: 4,
    hourglassDepth: 1,
  });
}
