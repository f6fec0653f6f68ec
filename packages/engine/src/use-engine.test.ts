import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.unstubAllEnvs());

test('an engine asked for by name is used, and auto says why', async () => {
  const cpu = await useEngine('cpu');
  expect(cpu.name).toBe('cpu');
  expect(tf.getBackend()).toBe('cpu');
  vi.stubEnv('SPARNET_NATIVE', '/nowhere');
  const found = await useEngine();
  expect(found.name).toBe('wasm');
  expect(found.why).toMatch(/WebAssembly.*native is not here/);
  expect(process.listeners('uncaughtException').filter((f) => f.toString().includes('throw'))).toEqual([]);
});

test('a missing engine is an error that says how to get it', async () => {
  vi.stubEnv('SPARNET_NATIVE', '/nowhere');
  const error: unknown = await useEngine('native').catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'engine-unavailable')).toBe(true);
  expect(String(error)).toContain('npm install @tensorflow/tfjs-node');
});

test('an engine that was given back can be used again', async () => {
  for (const name of ['wasm', 'wasm', 'cpu', 'cpu', 'wasm'] as const) {
    const engine = await useEngine(name);
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
    engine.dispose();
  }
});

test('an unknown name is refused', async () => {
  await expect(useEngine('gpu' as 'cpu')).rejects.toThrow(
    'expected one of auto, native, wasm, cpu for engine, got "gpu"',
  );
});
