import { useEngine } from '@sparnet/engine';
import type { StateDict } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { AttendedResidualBlock, Cbam, ChannelAttention, type LayerShape } from './index.ts';

beforeAll(async () => {
  await useEngine('cpu');
});

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** One image of 1x2 pixels with two channels: (1, 2) and (3, -4). */
const pixels = [1, 2, 3, -4];

test('channel attention weights a channel by its mean', async () => {
  const layer = new ChannelAttention({ channels: 2 });
  // Means 2 and -1: the inner value is relu(2 * 1 + -1 * 0.5) = 1.5.
  layer.loadStateDict(channelState('', { down: [1, 0.5], up: [2, -1], upBias: [0.5, 0] }));
  const weights = [logistic(1.5 * 2 + 0.5), logistic(-1.5)] as const;
  const wanted = pixels.map((value, index) => value * (weights[index % 2] as number));
  expect(largestGap(await forward(layer), wanted)).toBeLessThan(1e-6);
  layer.dispose();
});

test('CBAM weights channels by mean and maximum, then pixels', async () => {
  const layer = new Cbam({ channels: 2 });
  const filter = new Float32Array(2 * 49);
  filter[24] = 1; // centre of the filter on the means
  filter[49 + 25] = 0.5; // right of the centre, on the maxima
  layer.loadStateDict({
    ...channelState('channel.', { down: [1, 0.5], up: [2, -1], upBias: [0.5, 0] }),
    'spatial.conv2d.weight': { dtype: 'F32', shape: [1, 2, 7, 7], data: filter },
    'spatial.conv2d.bias': { dtype: 'F32', shape: [1], data: Float32Array.of(0.25) },
  });
  // Maxima 3 and 2: the inner value is relu(3 + 1) = 4. The last bias counts twice, once for each statistic.
  const weights = [logistic((1.5 + 4) * 2 + 2 * 0.5), logistic(-(1.5 + 4))] as const;
  const [a, b, c, d] = pixels.map((value, index) => value * (weights[index % 2] as number)) as [
    number,
    number,
    number,
    number,
  ];
  const left = logistic((a + b) / 2 + 0.5 * Math.max(c, d) + 0.25);
  const right = logistic((c + d) / 2 + 0.25);
  const wanted = [a * left, b * left, c * right, d * right];
  expect(largestGap(await forward(layer), wanted)).toBeLessThan(1e-6);
  layer.dispose();
});

test.each(['channel-attention', 'cbam'] as const)(
  'a block with %s scales and keeps no tensor',
  (attention) => {
    const block = new AttendedResidualBlock({ inChannels: 3, outChannels: 5, scale: 'down', attention });
    const x = tf.zeros<tf.Rank.R4>([2, 8, 6, 3]);
    const before = tf.memory().numTensors;
    const y = block.forward(x, { training: true });
    expect(y.shape).toEqual([2, 4, 3, 5]);
    expect(block.trace([8, 6, 3], () => {})).toEqual([4, 3, 5]);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, y]);
    block.dispose();
  },
);

test('the shared network of CBAM works twice, and is stored once', () => {
  const layer = new Cbam({ channels: 32 });
  const layers: LayerShape[] = [];
  layer.trace([8, 8, 32], (shape) => layers.push(shape));
  const total = (key: 'parameters' | 'multiplyAdds'): number =>
    layers.reduce((sum, shape) => sum + shape[key], 0);
  expect(total('parameters')).toBe(layer.parameterCount());
  expect(total('multiplyAdds')).toBe(2 * 2 * (32 * 2) + 64 * (2 * 49));
  layer.dispose();
});

function channelState(
  prefix: string,
  { down, up, upBias }: { down: [number, number]; up: [number, number]; upBias: [number, number] },
): StateDict {
  return {
    [`${prefix}down.conv2d.weight`]: { dtype: 'F32', shape: [1, 2, 1, 1], data: Float32Array.from(down) },
    [`${prefix}down.conv2d.bias`]: { dtype: 'F32', shape: [1], data: Float32Array.of(0) },
    [`${prefix}up.conv2d.weight`]: { dtype: 'F32', shape: [2, 1, 1, 1], data: Float32Array.from(up) },
    [`${prefix}up.conv2d.bias`]: { dtype: 'F32', shape: [2], data: Float32Array.from(upBias) },
  };
}

async function forward(layer: ChannelAttention | Cbam): Promise<number[]> {
  const x = tf.tensor4d(pixels, [1, 1, 2, 2]);
  const y = layer.forward(x);
  const values = [...(await y.data())];
  tf.dispose([x, y]);
  return values;
}

function largestGap(found: number[], wanted: number[]): number {
  return Math.max(...wanted.map((value, index) => Math.abs(value - (found[index] ?? Number.NaN))));
}
