import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkNeeds } from './check-needs.ts';
import { installNative } from './install-native.ts';
import { markOwn } from './own-folder.ts';
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
  markOwn(options.folder);
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
    stderr: expect.stringMatching(
      /no native TensorFlow in (.*); 'npx @sparnet\/engine install --dir \1'.*npm run native -- install --dir \1/,
    ),
  });
  vi.stubEnv('SPARNET_NATIVE', join(folder, 'other'));
  const { status, stderr } = command('status', '--dir', dir);
  expect(status).toBe(1);
  expect(stderr).toContain(`error: SPARNET_NATIVE: no native TensorFlow in ${join(folder, 'other')}`);
  expect(stderr).toContain(`error: no native TensorFlow in ${dir}`);
  mkdirSync(join(folder, 'other'));
  const broken = command('status'); // what SPARNET_NATIVE names is what is used
  expect(broken.status).toBe(1);
  expect(broken.stderr).toMatch(
    /^error: SPARNET_NATIVE: .* in .*other failed:\nneither @tensorflow\/tfjs-node nor .* is there$/m,
  );
  expect(command('remove', '--dir', '')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--dir'),
  });
  expect(command('uninstall').status).toBe(2);
  expect(command('install', '--fast').status).toBe(2);
});

test('an empty folder and installations are removed', () => {
  const own = {
    empty: () => {},
    marked: (dir: string) => {
      markOwn(dir);
      mkdirSync(join(dir, 'library'));
    },
    'made before there were marks': (dir: string) => {
      mkdirSync(join(dir, 'node_modules'));
      const manifest = { private: true, dependencies: { '@tensorflow/tfjs-node': '^4.22.0' } };
      writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
    },
  };
  for (const [name, fill] of Object.entries(own)) {
    const dir = join(folder, name);
    mkdirSync(dir);
    fill(dir);
    expect(command('remove', '--dir', dir)).toMatchObject({ status: 0, stdout: `removed ${dir}\n` });
    expect(existsSync(dir)).toBe(false);
  }
});

test('a folder that holds anything else survives remove and install, and so does the one beside it', async () => {
  const thesis = join(folder, 'mine', 'thesis.txt');
  mkdirSync(join(folder, 'mine'));
  writeFileSync(thesis, 'years of work');
  const refused = expect.stringMatching(/mine .*thesis\.txt.*--dir/);
  expect(command('remove', '--dir', join(folder, 'mine'))).toMatchObject({ status: 2, stderr: refused });
  markOwn(join(folder, 'mine'));
  expect(command('remove', '--dir', join(folder, 'mine'))).toMatchObject({ status: 2, stderr: refused });
  const options = { folder: join(folder, 'mine'), gpu: false, force: true, say };
  await expect(installNative(options)).rejects.toMatchObject({ code: 'bad-argument', message: refused });

  const beside = join(folder, 'new.building', 'notes.txt');
  mkdirSync(join(folder, 'new.building'));
  writeFileSync(beside, 'more of it');
  await expect(installNative({ ...options, folder: join(folder, 'new') })).rejects.toThrow(
    /new\.building .*notes\.txt/,
  );
  // A project of somebody's own that uses tfjs-node.
  const project = join(folder, 'project');
  mkdirSync(project);
  const manifest = { dependencies: { '@tensorflow/tfjs-node': '4' } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  expect(command('remove', '--dir', project).status).toBe(2);
  expect(command('remove', '--dir', thesis).status).toBe(2);

  expect(readFileSync(thesis, 'utf8')).toBe('years of work');
  expect(readFileSync(beside, 'utf8')).toBe('more of it');
  expect(readdirSync(project)).toEqual(['package.json']);
});

function command(...args: string[]) {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const flags = [`--import=${join(root, 'scripts/ts.mjs')}`, '--conditions=@sparnet/source'];
  return spawnSync(process.execPath, [...flags, main, ...args], { encoding: 'utf8' });
}
