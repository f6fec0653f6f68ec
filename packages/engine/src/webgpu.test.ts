import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { adapterInWords, isSoftware } from './webgpu-adapter.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparnet-webgpu-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const nobody = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false };

test.each([
  [{ vendor: 'nvidia', architecture: 'ampere' }, 'hardware adapter nvidia ampere'],
  [
    { vendor: 'amd', architecture: 'rdna-3', description: 'AMD Radeon RX 7900' },
    'hardware adapter amd rdna-3 (AMD Radeon RX 7900)',
  ],
  [{ description: 'llvmpipe (LLVM 15.0.6)' }, 'software adapter without a name (llvmpipe (LLVM 15.0.6))'],
  [{ vendor: 'google', architecture: 'swiftshader' }, 'software adapter google swiftshader'],
  [
    { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
    'software adapter microsoft (Microsoft Basic',
  ],
  [{ vendor: 'acme', isFallbackAdapter: true }, 'software adapter acme'],
])('an adapter is told in words: %o', (known, words) => {
  const info = { ...nobody, ...known } as GPUAdapterInfo;
  expect(adapterInWords(info)).toContain(words);
  expect(isSoftware(info)).toBe(words.startsWith('software'));
});

/** A folder with a package `webgpu`, whose `requestAdapter` gives `adapter`. */
async function dawnWith(name: string, adapter: object | null): Promise<string> {
  const place = join(folder, name, 'node_modules', 'webgpu');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{ "type": "module", "main": "index.js" }');
  const gpu = `{ requestAdapter: async () => (${JSON.stringify(adapter)}) }`;
  await writeFile(
    join(place, 'index.js'),
    `export const globals = {}; export const create = () => (${gpu});`,
  );
  return join(folder, name);
}

test('without Dawn the error says how to get it', async () => {
  vi.stubEnv('SPARNET_WEBGPU', 'nowhere');
  vi.stubEnv('INIT_CWD', folder);
  const error: unknown = await useEngine('webgpu').catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'engine-unavailable')).toBe(true);
  expect(isSparnetError((error as Error).cause, 'missing-package')).toBe(true);
  expect(String(error)).toContain(
    `webgpu is not in ${join(folder, 'nowhere')}. npm install @tensorflow/tfjs-backend-webgpu`,
  );
});

test('without an adapter the error says what is needed', async () => {
  vi.stubEnv('SPARNET_WEBGPU', await dawnWith('no-adapter', null));
  await expect(useEngine('webgpu')).rejects.toThrow(
    /finds no adapter: no GPU with a driver that it can use.*Vulkan, Metal or Direct3D 12/,
  );
});

test('auto passes over a software adapter, and says so', async () => {
  vi.stubEnv('SPARNET_NATIVE', folder);
  vi.stubEnv(
    'SPARNET_WEBGPU',
    await dawnWith('software', { info: { ...nobody, architecture: 'swiftshader' } }),
  );
  const { name, why, dispose } = await useEngine('auto');
  expect(name).toBe('wasm');
  expect(why).toContain('webgpu is not taken: software adapter swiftshader is slow');
  dispose();
});

test('a backend that does not start is an error, and no other takes its place', async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.stubEnv('SPARNET_WEBGPU', await dawnWith('broken', { info: nobody, limits: {}, features: [] }));
  await expect(useEngine('webgpu')).rejects.toThrow("engine webgpu can't be used");
  expect('navigator' in globalThis && 'gpu' in globalThis.navigator).toBe(false);
});

describe.skipIf(!process.env['SPARNET_WEBGPU'])('on webgpu (in the folder SPARNET_WEBGPU)', () => {
  test('it says on what it computes, reads at once, and can be used again after it was given back', async () => {
    for (let round = 0; round < 5; round++) {
      const { name, why, dispose } = await useEngine('webgpu');
      expect(name).toBe('webgpu');
      expect(tf.getBackend()).toBe('webgpu');
      expect(why).toMatch(/^WebGPU, tfjs [\d.]+, (hardware|software) adapter \w+/);
      const data = Float32Array.from({ length: 3000 }, (_, index) => index / 7 - 100);
      const doubled = tf.tidy(() => tf.mul(tf.tensor1d(data), 2).dataSync());
      expect(doubled).toEqual(data.map((value) => value * 2));
      expect([...tf.tidy(() => tf.cast(tf.tensor1d(data), 'int32').dataSync()).slice(0, 2)]).toEqual([
        -100, -99,
      ]);
      dispose();
      expect(tf.engine().registry).not.toHaveProperty('webgpu');
    }
  });

  test('a program that WebGPU refuses is an error when values are read, where tfjs gives zeros', async () => {
    const { dispose } = await useEngine('webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    device.createShaderModule({ code: 'not a shader' });
    const sum = tf.sum(tf.ones([1000]));
    await expect(sum.data()).rejects.toThrow('WebGPU refused a program');
    dispose();
  });

  test.each(['', 'engine.dispose();'])('the process ends by itself, with "%s"', async (last) => {
    const program = `
      import { useEngine } from '@sparnet/engine';
      const engine = await useEngine('webgpu');
      ${last}
      console.log(engine.name);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, '--input-type=module', '--eval', program],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: 50_000 },
    );
    expect(stdout).toBe('webgpu\n');
  });
});
