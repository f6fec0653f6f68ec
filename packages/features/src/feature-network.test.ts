import '@tensorflow/tfjs';
import { meanOverAll, sweep, useEngine } from '@sparnet/engine';
import { parseWeights, toFloat32, toHalf, type StateDict, type TensorData } from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { featureNetwork, lpips, type FeatureNetworkName } from './index.ts';

beforeAll(async () => {
  const engine = await useEngine('wasm');
  return () => engine.dispose();
});

/** Narrow networks with random weights. */
function narrow(name: FeatureNetworkName): { weights: StateDict; heads: StateDict } {
  const file = readFileSync(new URL(`../fixtures/${name}.safetensors.gz`, import.meta.url));
  const all = Object.entries(parseWeights(gunzipSync(file)));
  const under = (prefix: string): StateDict =>
    Object.fromEntries(
      all.flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
    );
  return { weights: under('weights/'), heads: under('heads/') };
}

const vector = (length: number): TensorData => ({
  dtype: 'F32',
  shape: [length],
  data: new Float32Array(length),
});
const picture = (seed: number, batch = 1): tf.Tensor4D =>
  tf.randomUniform([batch, 40, 44, 3], -1, 1, 'float32', seed);

test('taps are layers by name, before or after a ReLU; what lies behind is not wanted', () => {
  const { weights } = narrow('vgg16');
  const first = Object.fromEntries(Object.entries(weights).filter(([key]) => /^features\.[02]\./.test(key)));
  const network = featureNetwork('vgg16', first, { taps: ['features.3', 'features.2'] });
  expect(network.taps).toEqual(['features.2', 'features.3']);
  tf.tidy(() => {
    const { 'features.2': before, 'features.3': after, ...others } = network.forward(picture(1));
    expect(others).toEqual({});
    expect(before?.min().dataSync()[0]).toBeLessThan(0);
    expect(
      tf
        .sub(tf.relu(before as tf.Tensor), after as tf.Tensor)
        .abs()
        .max()
        .dataSync()[0],
    ).toBe(0);
  });
  network.dispose();
});

test('the default taps are those of LPIPS, of the perceptual loss, of the FID', () => {
  const taps = (name: FeatureNetworkName): readonly string[] => {
    const network = featureNetwork(name, narrow(name).weights);
    network.dispose();
    return network.taps;
  };
  expect(taps('alexnet')).toEqual([1, 4, 7, 9, 11].map((layer) => `features.${layer}`));
  expect(taps('vgg16')).toEqual([3, 8, 15, 22, 29].map((layer) => `features.${layer}`));
  expect(taps('inception-fid')).toEqual(['avgpool']);
});

test('the classifier of the whole network may be there', () => {
  const inception = {
    ...narrow('inception-fid').weights,
    'fc.weight': vector(9),
    'Mixed_7c.branch1x1.bn.num_batches_tracked': vector(1),
  };
  const alexnet = { ...narrow('alexnet').weights, 'classifier.6.bias': vector(3) };
  expect(() => {
    featureNetwork('inception-fid', inception).dispose();
    featureNetwork('alexnet', alexnet).dispose();
  }).not.toThrow();
});

test('keys that are missing, left over or of another shape are listed', () => {
  const { weights } = narrow('alexnet');
  const before = tf.memory().numTensors;
  const { 'features.3.bias': bias, ...rest } = weights;
  expect(() =>
    featureNetwork('alexnet', {
      ...rest,
      'features.99.bias': bias as TensorData,
      'features.0.bias': vector(9),
    }),
  ).toThrow(
    'the state dict does not fit alexnet: 1 missing: features.3.bias. 1 left over: features.99.bias. ' +
      '1 of another shape: features.0.bias [9] instead of [4]. Way out:',
  );
  expect(() => featureNetwork('alexnet', { ...weights, 'features.0.weight': vector(4) })).toThrow(
    expect.objectContaining({
      code: 'bad-state',
      message: expect.stringContaining('features.0.weight [4] instead of [N, M, 11, 11]') as string,
    }),
  );
  expect(() => featureNetwork('vgg19', {})).toThrow(expect.objectContaining({ code: 'missing-key' }));
  expect(() => featureNetwork('vgg19', {}, { taps: ['features.37'] })).toThrow('for tap, got "features.37"');
  expect(() => featureNetwork('vgg11' as 'vgg16', {})).toThrow('for name, got "vgg11"');
  expect(tf.memory().numTensors).toBe(before);
});

test('weights of two networks do not fit together', () => {
  const { weights } = narrow('alexnet');
  const network = featureNetwork('alexnet', {
    ...weights,
    'features.3.weight': { dtype: 'F32', shape: [6, 5, 5, 5], data: new Float32Array(750) },
  });
  tf.tidy(() => {
    expect(() => network.forward(picture(1))).toThrow(
      'features.3.weight [6, 5, 5, 5] takes 5 channels, but what comes before it gives 4',
    );
    expect(() => network.forward(tf.zeros([1, 40, 40, 4]))).toThrow('for x, got [1, 40, 40, 4]');
  });
  network.dispose();
});

test('half precision is read as what it stands for', () => {
  const { weights } = narrow('alexnet');
  const halves: StateDict = {};
  const widened: StateDict = {};
  for (const [key, tensor] of Object.entries(weights)) {
    const half: TensorData = { dtype: 'F16', shape: tensor.shape, data: toHalf(toFloat32(tensor)) };
    halves[key] = half;
    widened[key] = { dtype: 'F32', shape: tensor.shape, data: toFloat32(half) };
  }
  const [a, b] = [halves, widened].map((state) =>
    tf.tidy(() => {
      const network = featureNetwork('alexnet', state, { taps: ['features.11'] });
      const features = network.forward(picture(3))['features.11'] as tf.Tensor4D;
      network.dispose();
      return [...features.dataSync()];
    }),
  );
  expect(a).toEqual(b);
});

test('weights are no business of an optimiser, and all memory is given back', () => {
  const { weights, heads } = narrow('alexnet');
  const copy = structuredClone(weights);
  const before = tf.memory().numTensors;
  const metric = lpips({ net: 'alex', backbone: weights, heads });
  const [a, b, single] = [picture(1, 2), picture(2, 2), picture(3)];
  const shift = tf.variable(tf.scalar(0.1));
  const { grads, value } = tf.variableGrads(() => tf.mean(metric.distance(tf.add(a, shift), b)));
  expect(Object.keys(grads)).toEqual([shift.name]);
  const swept = sweep(() => meanOverAll(metric.distance(a, b)), [a, b]);
  expect(swept.gradients.map(({ shape }) => shape)).toEqual([a.shape, b.shape]);
  expect(() => metric.distance(a, single)).toThrow('for b, got [1, 40, 44, 3]');
  metric.dispose();
  tf.dispose([a, b, single, shift, grads, value, swept.loss, swept.gradients]);
  expect(tf.memory().numTensors).toBe(before + 1); // the scalar that the variable was made from
  expect(weights).toEqual(copy);
});

test('a distance is a number a pair, 0 for equal images, the same both ways', () => {
  const { weights, heads } = narrow('vgg16');
  const metric = lpips({ net: 'vgg', backbone: weights, heads });
  tf.tidy(() => {
    const [a, b] = [picture(1, 3), picture(2, 3)];
    const there = metric.distance(a, b);
    expect(there.shape).toEqual([3]);
    const back = [...metric.distance(b, a).dataSync()];
    for (const [pair, value] of there.dataSync().entries()) {
      expect(value).toBeGreaterThan(0);
      expect(back[pair]).toBeCloseTo(value, 6);
    }
    expect([...metric.distance(a, tf.clone(a)).dataSync()]).toEqual([0, 0, 0]);
  });
  metric.dispose();
});

test('heads that do not fit are refused', () => {
  const { weights, heads } = narrow('alexnet');
  const before = tf.memory().numTensors;
  const { 'lin4.model.1.weight': last, ...few } = heads;
  expect(() => lpips({ net: 'alex', backbone: weights, heads: few })).toThrow(
    'the heads have no lin4.model.1.weight; give one for each tap of the network',
  );
  const flat = { ...last, shape: [1, 3] } as TensorData;
  expect(() =>
    lpips({ net: 'alex', backbone: weights, heads: { ...few, 'lin4.model.1.weight': flat } }),
  ).toThrow('lin4.model.1.weight has the shape [1, 3] instead of [1, C, 1, 1]');
  expect(() => lpips({ net: 'squeezenet' as 'squeeze', backbone: weights })).toThrow(
    'for net, got "squeezenet"',
  );
  expect(tf.memory().numTensors).toBe(before);
});
