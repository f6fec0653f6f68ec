import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import {
  formatPth,
  formatSafetensors,
  parseSafetensors,
  type StateDict,
  type TensorData,
} from '@sparnet/weights';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSparnet, loadModel, modelBytes, preset, type ModelSource, type Sparnet } from './index.ts';
import { saveModel } from './node.ts';

let folder: string;
let model: Sparnet;
let bytes: Uint8Array;
beforeAll(async () => {
  await useEngine('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sparnet-models-'));
  model = createSparnet({
    inputSize: 8,
    outputSize: 16,
    scale: 2,
    minFeatureSize: 8,
    minChannels: 4,
    maxChannels: 8,
    resDepth: 0,
    hourglassWidth: 4,
    hourglassDepth: 'feature-size',
  });
  bytes = await modelBytes(model);
});
afterAll(async () => {
  model.dispose();
  await rm(folder, { recursive: true });
});

test('a model file is enough to make the model again, whatever it comes as', async () => {
  const path = join(folder, 'saved.safetensors');
  await saveModel(model, path);
  expect(new Uint8Array(await readFile(path))).toEqual(bytes);
  const copy = bytes.slice();
  const dataUrl = new URL(`data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`);
  const sources: ModelSource[] = [
    bytes,
    copy.buffer,
    new Blob([copy]),
    path,
    pathToFileURL(path),
    pathToFileURL(path).href,
    dataUrl,
  ];
  const wanted = await model.stateDict();
  for (const source of sources) {
    const loaded = await loadModel(source);
    expect(loaded.config).toEqual(model.config);
    expect(await loaded.stateDict()).toEqual(wanted);
    loaded.dispose();
  }
});

test('a published model is the file that was published, or an error', async () => {
  const path = join(folder, 'published.safetensors');
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const published = { url: pathToFileURL(path), bytes: bytes.length, sha256, name: 'face' };
  const loaded = await loadModel(published);
  expect(loaded.config).toEqual(model.config);
  loaded.dispose();
  const other = { ...published, sha256: '0'.repeat(64) };
  await expectRefusal(loadModel(other), 'bad-file', /published\.safetensors: .*\(other bytes\)/);
  const cut = { ...published, bytes: bytes.length + 1 };
  await expectRefusal(loadModel(cut), 'bad-file', /bytes instead of \d+\); fetch or install it again/);
  const { subtle } = crypto;
  vi.stubGlobal('crypto', {}); // as in a page that was fetched by http
  try {
    await expectRefusal(loadModel(cut), 'bad-file', /instead of/);
    (await loadModel(published)).dispose();
  } finally {
    vi.unstubAllGlobals();
  }
  expect(crypto.subtle).toBe(subtle);
});

test('an address is fetched', async () => {
  const fetched = vi.fn<(url: URL) => Promise<Response>>(async (url) =>
    url.pathname === '/face.safetensors' ? new Response(bytes.slice()) : new Response('', { status: 404 }),
  );
  vi.stubGlobal('fetch', fetched);
  try {
    const loaded = await loadModel('https://example.com/face.safetensors');
    expect(loaded.config).toEqual(model.config);
    loaded.dispose();
    await expectRefusal(loadModel('https://example.com/other'), 'missing-file', /other: HTTP 404/);
    fetched.mockRejectedValueOnce(new TypeError('fetch failed'));
    await expectRefusal(loadModel('https://example.com/a'), 'missing-file', /a: no answer/);
    const broken = new ReadableStream({ start: (control) => control.error(new TypeError('terminated')) });
    fetched.mockResolvedValueOnce(new Response(broken));
    await expectRefusal(loadModel('https://example.com/a'), 'missing-file', /a: the download broke off/);
  } finally {
    vi.unstubAllGlobals();
  }
});

test.each(['safetensors', 'pth'] as const)(
  'released weights as %s load with a configuration',
  async (kind) => {
    const state = await model.stateDict();
    const wrapped = Object.fromEntries(Object.entries(state).map(([key, value]) => [`module.${key}`, value]));
    const source = kind === 'pth' ? formatPth(wrapped) : formatSafetensors(wrapped);
    const loaded = await loadModel(source, { config: model.config });
    expect(await loaded.stateDict()).toEqual(state);
    loaded.dispose();
    await expectRefusal(loadModel(source), 'bad-config', /names no configuration.*\{ config \}/);
  },
);

test.each(['zip', 'legacy', 'module-prefix-legacy', 'cuda-location', 'nested', 'half'])(
  'a checkpoint of PyTorch (%s) gives the network that it was saved from',
  async (kind) => {
    const checkpoints = new URL('../../../vectors/pth-formats/', import.meta.url);
    const { tensors } = parseSafetensors(await readFile(new URL('forward.safetensors', checkpoints)));
    const loaded = await loadModel(new URL(`${kind}.pth`, checkpoints), {
      config: {
        minChannels: 4,
        maxChannels: 8,
        inputSize: 16,
        outputSize: 16,
        minFeatureSize: 8,
        resDepth: -1,
        bottleneckSize: 32,
        hourglassWidth: 4,
      },
    });
    const { data, shape } = tensors['input'] as TensorData & { dtype: 'F32' };
    const wanted = (tensors['output'] as TensorData & { dtype: 'F32' }).data;
    const output = tf.tidy(() => {
      const x = tf.transpose(tf.tensor4d(data, shape as tf.Tensor4D['shape']), [0, 2, 3, 1]);
      return tf.transpose(loaded.forward(x), [0, 3, 1, 2]);
    });
    const found = await output.data();
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const error = wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0);
    // The weights of `half` were rounded to 16 bits.
    expect(error / largest).toBeLessThan(kind === 'half' ? 5e-3 : 5e-6);
    output.dispose();
    loaded.dispose();
  },
);

test.each(['sparnet-v16-s4', 'sparnet-light-3d'] as const)(
  'weights of the size of %s come back equal',
  async (name) => {
    const blank = createSparnet(preset(name), { variables: zeros });
    const state: StateDict = {};
    for (const [key, { dtype, shape, data }] of Object.entries(await blank.stateDict())) {
      state[`module.${key}`] =
        dtype === 'I64'
          ? { dtype, shape, data: BigInt64Array.of(BigInt(key.length)) }
          : { dtype: 'F32', shape, data: scattered(data.length, key.length) };
    }
    blank.dispose();
    const loaded = await loadModel(formatSafetensors(state), { config: preset(name) });
    const found = await loaded.stateDict();
    loaded.dispose();
    expect(Object.keys(found).map((key) => `module.${key}`)).toEqual(Object.keys(state));
    const changed = Object.keys(state).filter(
      (key) => !sameBytes(found[key.slice('module.'.length)] as TensorData, state[key] as TensorData),
    );
    expect(changed).toEqual([]);
  },
);

test('a SPARNetHD comes back from a PyTorch checkpoint, its vectors in the order of PyTorch', async () => {
  const { attentionBlocks: _, ...hd } = preset('sparnethd');
  const config = {
    ...hd,
    inputSize: 16,
    outputSize: 16,
    minFeatureSize: 8,
    minChannels: 4,
    maxChannels: 8,
    resDepth: -1,
    bottleneckSize: 16,
    hourglassWidth: 4,
  };
  const blank = createSparnet(config, { variables: zeros });
  const state: StateDict = {};
  for (const [key, { shape, data }] of Object.entries(await blank.stateDict()))
    state[key] = { dtype: 'F32', shape, data: scattered(data.length, key.length) };
  blank.dispose();
  const loaded = await loadModel(formatPth(state), { config });
  expect(await loaded.stateDict()).toEqual(state);
  // What the first convolution multiplies has a place [y, x, channel] in memory.
  const slot = loaded.slots().find(({ name }) => name === 'encoder.0.conv2d.weight_v');
  const [y, x, channel] = [2, 1, 1];
  const inMemory = slot?.variable.dataSync()[(y * 3 + x) * 3 + channel];
  expect(inMemory).toBe(state['encoder.0.conv2d.weight_v']?.data[(channel * 3 + y) * 3 + x]);
  const again = await loadModel(await modelBytes(loaded));
  expect(again.config).toEqual(loaded.config);
  expect(await again.stateDict()).toEqual(state);
  loaded.dispose();
  again.dispose();
});

test('a model file from before there was spectral norm loads without it', async () => {
  const { spectralNorm, ...old } = model.config;
  expect(spectralNorm).toBe(false);
  const metadata = { 'sparnet.config': JSON.stringify(old) };
  const loaded = await loadModel(formatSafetensors(await model.stateDict(), { metadata }));
  expect(loaded.config).toEqual(model.config);
  loaded.dispose();
});

test('what cannot be loaded is refused, and nothing stays behind', async () => {
  const before = tf.memory().numTensors;
  await expectRefusal(loadModel(join(folder, 'none.safetensors')), 'missing-file', /none\.safetensors/);
  const truncated = join(folder, 'truncated.safetensors');
  await writeFile(truncated, bytes.subarray(0, bytes.length - 1));
  await expectRefusal(loadModel(truncated), 'bad-file', /truncated\.safetensors/);
  await expectRefusal(
    loadModel(bytes, { config: { ...model.config, maxChannels: 16 } }),
    'bad-state',
    /instead of \[16, 3, 3, 3\]/,
  );
  await expectRefusal(
    loadModel(bytes, { config: { ...model.config, norm: 'none' } }),
    'missing-key',
    /^model: .*conv2d\.bias/,
  );
  const state = await model.stateDict();
  const damaged = formatSafetensors(state, { metadata: { 'sparnet.config': '{"norm":"weight"}' } });
  await expectRefusal(loadModel(damaged), 'bad-config', /sparnet\.config: expected one of .* for norm/);
  const unreadable = formatSafetensors(state, { metadata: { 'sparnet.config': '{' } });
  await expectRefusal(loadModel(unreadable), 'bad-config', /sparnet\.config/);
  await expectRefusal(
    loadModel(bytes, { config: { ...model.config, norm: 'group' } }),
    'bad-config',
    /channels for norm group/,
  );
  await expectRefusal(loadModel(3 as unknown as string), 'bad-argument', /for source, got 3/);
  await expectRefusal(
    loadModel('https://'),
    'bad-argument',
    /a whole address or a path for source, got "https/,
  );
  await expectRefusal(
    saveModel(model, join(folder, 'no', 'folder.safetensors')),
    'missing-file',
    /folder\.safetensors/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

async function expectRefusal(action: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isSparnetError(error) && error.code).toBe(code);
  expect((error as Error).message).toMatch(message);
}

function sameBytes({ data: a }: TensorData, { data: b }: TensorData): boolean {
  const bytesOf = (values: TensorData['data']): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

/** Values that look random, quickly. */
function scattered(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  for (let index = 0; index < length; index++) values[index] = Math.imul(index + seed, 0x9e3779b1) / 2 ** 31;
  return values;
}

function zeros({ shape }: { shape: number[] }): tf.Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tidy(() => tf.variable(tf.tensor(new Float32Array(size), shape)));
}
