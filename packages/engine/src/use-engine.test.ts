import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  vi.stubEnv('SPARNET_WEBGPU', '/nowhere');
  const found = await useEngine();
  expect(found.name).toBe('wasm');
  expect(found.why).toMatch(/^WebAssembly, tfjs [\d.]+, one thread; native is not here; webgpu is not here$/);
  cpu.dispose();
  found.dispose();
});

test.each(['uncaughtException', 'unhandledRejection'] as const)(
  "%s keeps the listeners of others and none of the engine's",
  async (event) => {
    expect(tf.engine().registry).not.toHaveProperty('wasm'); // so that it starts anew
    const before = process.listeners(event as 'exit');
    const starting = useEngine('wasm');
    const foreign = (): void => {};
    process.on(event, foreign);
    const { dispose } = await starting;
    expect(process.listeners(event as 'exit')).toEqual([...before, foreign]);
    process.off(event, foreign);
    dispose();
  },
);

test('a missing engine is an error that says how to get it', async () => {
  vi.stubEnv('SPARNET_NATIVE', 'nowhere');
  vi.stubEnv('INIT_CWD', tmpdir());
  const error: unknown = await useEngine('native').catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'engine-unavailable')).toBe(true);
  expect(isSparnetError((error as Error).cause, 'missing-package')).toBe(true);
  expect(String(error)).toContain(`is not in ${join(tmpdir(), 'nowhere')}`);
  expect(String(error)).toContain('npm install @tensorflow/tfjs-node');
});

test.each([
  ['throw new Error("wrong libc")', 'wrong libc'],
  ['// It registers nothing.', "Backend name 'tensorflow' not found in registry"],
])('an engine that is installed but broken says why: %s', async (code, reason) => {
  const folder = await mkdtemp(join(tmpdir(), 'sparnet-native-'));
  try {
    const place = join(folder, 'node_modules/@tensorflow/tfjs-node');
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'index.js'), code);
    vi.stubEnv('SPARNET_NATIVE', folder);
    const error: unknown = await useEngine('native').catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(`engine native can't be used: ${reason}`);
    expect(isSparnetError((error as Error).cause, 'missing-package')).toBe(false);
    const auto = await useEngine();
    expect(auto.why).toContain(`native does not work: ${reason}`);
    auto.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an engine that was given back can be used again, and keeps its priority', async () => {
  const priority = tf.engine().registryFactory['wasm']?.priority;
  expect(priority).toBeGreaterThan(1);
  for (const name of ['wasm', 'wasm', 'cpu', 'cpu', 'wasm'] as const) {
    const engine = await useEngine(name);
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
    engine.dispose();
  }
  expect(tf.engine().registryFactory['wasm']?.priority).toBe(priority);
});

test('an engine runs until everybody has given it back', async () => {
  const [first, second] = [await useEngine('cpu'), await useEngine('cpu')];
  first.dispose();
  first.dispose();
  expect(tf.engine().registry).toHaveProperty('cpu');
  expect(tf.getBackend()).toBe('cpu');
  second.dispose();
  expect(tf.engine().registry).not.toHaveProperty('cpu');
});

test('an unknown name is refused', async () => {
  await expect(useEngine('gpu' as 'cpu')).rejects.toThrow(
    'expected one of auto, native, webgpu, wasm, cpu for engine, got "gpu"',
  );
});
