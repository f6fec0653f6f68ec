import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkNeeds } from './check-needs.ts';
import { installNative } from './install-native.ts';
import { unpackLibrary } from './unpack-library.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparnet-install-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
const say = (): void => {};

test.runIf(process.platform === 'linux')('all that a machine lacks is named at once', () => {
  vi.stubEnv('PATH', folder);
  vi.stubEnv('CXX', 'some-compiler');
  expect(() => checkNeeds({ wheel: false })).toThrow(
    'lacks: npm, python3, make, a C++17 compiler (some-compiler), pip (python3 -m pip)',
  );
  expect(() => checkNeeds({ wheel: true })).not.toThrow('pip (');
});

test('a wheel whose digest is not that of its name is refused', async () => {
  const wheel = join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
  writeFileSync(wheel, 'half of it');
  await expect(unpackLibrary(join(folder, 'library'), { gpu: false, wheel, say })).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/digest [0-9a-f]{64} instead of 2b847d21/),
  });
});

test('one that works is left as it is; one that does not compute is not taken for whole', async () => {
  const place = join(folder, 'made/node_modules/@tensorflow/tfjs-node');
  mkdirSync(place, { recursive: true });
  const options = { folder: join(folder, 'made'), gpu: false, force: false, say };
  writeFileSync(
    join(place, 'index.js'),
    `const tensor = (...data) => ({ dataSync: () => data });
    module.exports = { ones: () => 0, conv2d: () => 0, sum: () => tensor(600), version: { 'tfjs-core': '1' },
      grads: () => () => [tensor(12, ...Array(9).fill(0), 27), tensor(9, ...Array(23).fill(0), 16)],
      getBackend: () => 'tensorflow', backend: () => ({ binding: { TF_Version: '0' } }) };`,
  );
  expect(await installNative(options)).toBe('TensorFlow 0 through @tensorflow/tfjs-node 1');

  writeFileSync(join(place, 'index.js'), 'throw new Error("wrong libc")');
  vi.stubEnv('PATH', join(folder, 'empty'));
  await expect(installNative({ ...options, wheel: 'none.whl' })).rejects.toThrow('this machine lacks');
  expect(readdirSync(folder)).toEqual(['made']); // and nothing half-made beside it
});

test('the command says what is there, how it is used, and ends with 0, 1 or 2', () => {
  const dir = join(folder, 'none');
  expect(command('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--wheel FILE') });
  expect(command('status', '--dir', dir)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`no native TensorFlow in ${dir}`),
  });
  mkdirSync(dir);
  expect(command('remove', '--dir', dir)).toMatchObject({ status: 0, stdout: `removed ${dir}\n` });
  expect(existsSync(dir)).toBe(false);
  expect(command('uninstall').status).toBe(2);
  expect(command('install', '--fast').status).toBe(2);
});

function command(...args: string[]) {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const flags = [`--import=${join(root, 'scripts/ts.mjs')}`, '--conditions=@sparnet/source'];
  return spawnSync(process.execPath, [...flags, main, ...args], { encoding: 'utf8' });
}
