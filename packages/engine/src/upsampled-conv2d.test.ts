import { randomStream } from '@sparnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { conv2d } from './conv2d.ts';
import { upsampledConv2d } from './upsampled-conv2d.ts';
import { upsampleNearest2x } from './upsample-nearest.ts';
import { useEngine } from './use-engine.ts';

const engines = (['cpu', 'wasm', 'webgpu'] as const).filter(
  (name) => name !== 'webgpu' || process.env['SPARNET_WEBGPU'],
);

test.each(engines)('is the convolution of the enlarged image, on %s', async (name) => {
  const { dispose } = await useEngine(name);
  const random = randomStream({ seed: 3, purpose: 'test' });
  const values = (shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.between(-1, 1)),
      shape,
    );
  for (const [height, width, channelsIn, channelsOut] of [
    [16, 16, 1, 1],
    [1, 260, 2, 3],
    [130, 2, 3, 1],
    [17, 19, 16, 8],
  ] as const) {
    const gap = tf.tidy(() => {
      const x = values([2, height, width, channelsIn]) as tf.Tensor4D;
      const filter = values([3, 3, channelsIn, channelsOut]) as tf.Tensor4D;
      const bias = values([channelsOut]) as tf.Tensor1D;
      const plain = conv2d(upsampleNearest2x(x), filter, bias, { padding: { mode: 'reflect', size: 1 } });
      const found = upsampledConv2d(x, filter, bias);
      expect(found.shape).toEqual(plain.shape);
      return tf.max(tf.abs(tf.sub(found, plain))).dataSync()[0];
    });
    expect(gap).toBeLessThan(2e-5);
  }
  dispose();
});

test('shapes that do not fit are refused', async () => {
  const { dispose } = await useEngine('cpu');
  tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
    const call = (filter: [number, number, number, number]) => () => upsampledConv2d(x, tf.zeros(filter));
    expect(call([5, 5, 3, 4])).toThrow('3x3 for filter');
    expect(call([3, 3, 2, 4])).toThrow('2 channels for x');
  });
  dispose();
});
