// WebGPU in a page, on Chromium's software adapter.
import '@tensorflow/tfjs';
import {
  conv2d,
  groupNorm,
  leakyRelu,
  meanSquaredError,
  sweep,
  upsampledConv2d,
  useEngine,
} from '@sparnet/engine';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmFile from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const reflect = { padding: { mode: 'reflect', size: 1 } } as const;

test('auto passes over a software adapter, and says so', async () => {
  setWasmPaths(new URL('.', new URL(wasmFile, location.href)).href);
  const { name, why, dispose } = await useEngine('auto');
  expect(name).toBe('wasm');
  expect(why).toMatch(/webgpu is not taken: software adapter google swiftshader/);
  dispose();
});

test('asked for by name it computes what the cpu engine does, with its gradients, again after it was given back', async () => {
  const expected = await compute('cpu');
  for (const found of [await compute('webgpu'), await compute('webgpu')]) {
    expect(found.why).toMatch(/^WebGPU, tfjs [\d.]+, software adapter google swiftshader/);
    for (const [index, values] of found.values.entries()) {
      const wanted = expected.values[index] as Float32Array;
      expect(values.length).toBe(wanted.length);
      expect(Math.max(...values.map((value, i) => Math.abs(value - (wanted[i] as number))))).toBeLessThan(
        1e-5,
      );
    }
  }
});

test('a synchronous read is refused, where a canvas would give zeros; the values can be awaited', async () => {
  const { dispose } = await useEngine('webgpu');
  const data = Float32Array.from({ length: 3000 }, (_, index) => index / 7 - 100);
  const doubled = tf.mul(tf.tensor1d(data), 2);
  expect(() => doubled.dataSync()).toThrow('await tensor.data()');
  expect(await doubled.data()).toEqual(data.map((value) => value * 2));
  dispose();
});

/** A small network's loss and gradients. */
async function compute(name: 'cpu' | 'webgpu'): Promise<{ why: string; values: Float32Array[] }> {
  const { why, dispose } = await useEngine(name);
  if (name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
  const wave = (shape: number[]): tf.Tensor => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7)),
      shape,
    );
  };
  const x = wave([2, 8, 6, 3]) as tf.Tensor4D;
  const target = wave([2, 16, 12, 2]) as tf.Tensor4D;
  const first = wave([3, 3, 3, 4]) as tf.Tensor4D;
  const second = wave([3, 3, 4, 2]) as tf.Tensor4D;
  const [gamma, beta] = [tf.ones<tf.Rank.R1>([4]), tf.zeros<tf.Rank.R1>([4])];
  const network = (): tf.Scalar => {
    const y = leakyRelu(groupNorm(conv2d(x, first, undefined, reflect), gamma, beta, { groups: 2 }), 0.2);
    return meanSquaredError(upsampledConv2d(y, second), target);
  };
  const { loss, gradients } = sweep(network, [x, first, second, gamma, beta]);
  const values = await Promise.all([loss, ...gradients].map((tensor) => tensor.data()));
  dispose();
  return { why, values: values as Float32Array[] };
}
