import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { parseSafetensors, toFloat32, type StateDict } from '@sparnet/weights';
import { afterEach, expect, test, vi } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import type { TrainConfig } from './options.ts';
import { loadLatestCheckpoint } from './run/checkpoint.ts';
import { lossesOf, modelOf, pictureFolder, timeless, tinyNetwork, tinyRun } from './run-fixture.ts';
import { resume, train } from './train.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('a run that stops, and goes on with another number of workers, ends with the same bits', async () => {
  const whole = await tinyRun({ val: [await pictureFolder(3)], valEvery: 1, previewEvery: 5, workers: 2 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), workers: 1 };
  const { quality, dir } = await train(whole);

  // Told of the validation of step 4, it stops after step 5, before that step's own validation and preview.
  expect(await train(stopped, stopAfter(/^step 4:/))).toMatchObject({ end: 'interrupted', steps: 5 });
  expect(existsSync(join(stopped.out, 'model.safetensors'))).toBe(false);
  expect(await resume(stopped.out, { workers: 2 })).toMatchObject({ end: 'done', steps: 12, quality });

  expect(Object.keys(lossesOf(dir))).toHaveLength(12);
  expect(timeless(stopped.out)).toEqual(timeless(dir));
  expect(previews(stopped.out)).toEqual(previews(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
  const counters = Object.entries(tensors(dir)).filter(([key]) => /num_batches/.test(key));
  expect(counters.map(([, { data }]) => Number(data[0]))).toEqual(counters.map(() => 12));
  expect(counters.length).toBeGreaterThan(0);
});

test('so it does on the engine cpu', async () => {
  const whole = await tinyRun({ engine: 'cpu', batch: 3, steps: 4, workers: 2 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), workers: 1 };
  const { dir } = await train(whole);
  expect(await train(stopped, stopAfter(/^engine cpu/))).toMatchObject({ end: 'interrupted', steps: 1 });
  expect(await resume(stopped.out)).toMatchObject({ end: 'done' });
  expect(lossesOf(stopped.out)).toEqual(lossesOf(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
});

test('a run goes on from another working folder, with more steps, which its settings then hold', async () => {
  const data = await pictureFolder(5);
  const folder = vi.spyOn(process, 'cwd').mockReturnValue(dirname(data));
  const options = await tinyRun({ data: [basename(data)], schedule: 'constant', steps: 3 });
  await train(options);
  folder.mockRestore();
  expect(await resume(options.out, { steps: 5 })).toMatchObject({ end: 'done', steps: 5 });
  expect(await settings(options.out)).toMatchObject({ steps: 5, engine: 'wasm', data: [data] });
});

test('a run by time ends with a model, and going on adds no step', async () => {
  // 7 pictures are one batch of 5 an epoch.
  const { steps: _, ...open } = await tinyRun({ warmup: 0 });
  const short = { ...open, epochs: 3, minutes: 1e-6, logEvery: 10 };
  expect(await train(short)).toMatchObject({ end: 'out of time', steps: 1 });
  expect(Object.keys(lossesOf(short.out))).toEqual(['1']);
  expect(await settings(short.out)).toMatchObject({ steps: 3 });
  const model = modelOf(short.out);
  expect(await resume(short.out)).toMatchObject({ end: 'out of time', steps: 1 });
  expect(modelOf(short.out).equals(model)).toBe(true);
  expect(await resume(short.out, { steps: 2 })).toMatchObject({ end: 'done', steps: 2 });

  const timed = { ...open, minutes: 0.01, out: join(tempFolder(), 'run') };
  const { end, steps } = await train(timed);
  const { steps: planned } = await settings(timed.out);
  expect(end).toBe(steps === planned ? 'done' : 'out of time');
  expect(Object.keys(tensors(timed.out)).length).toBeGreaterThan(0);
});

test('a loss that is not finite ends the run, names step and term, and leaves good checkpoints', async () => {
  const options = await tinyRun({ lr: 1e30, schedule: 'constant', warmup: 0, clip: 0, saveEvery: 1 });
  const error: unknown = await train(options).catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'diverged') && error.message).toMatch(
    /^step \d+: the (pixel loss|gradient's norm) is (NaN|-?Infinity)\. .*checkpoints.* lower --lr than 1e\+30/,
  );
  expect(existsSync(join(options.out, 'model.safetensors'))).toBe(false);
  const { files } = await loadLatestCheckpoint(options.out);
  for (const content of Object.values(files))
    for (const tensor of Object.values(parseSafetensors(content).tensors))
      expect(toFloat32(tensor).every(Number.isFinite)).toBe(true);
});

test('a run starts from the weights of a model file, which must be of the same network', async () => {
  const before = await tinyRun({ steps: 4 });
  await train(before);
  const init = join(before.out, 'model.safetensors');
  const still = await tinyRun({ steps: 4, lr: 0, init });
  const wider = { ...still, network: { ...tinyNetwork, maxChannels: 16, minChannels: 8 } };
  await expect(train(wider)).rejects.toThrow(/model\.safetensors/);
  // What could not start is no run: the same folder may be tried again.
  await train(still);
  const [from, to] = [tensors(before.out), tensors(still.out)];
  const weights = Object.keys(from).filter((key) => /conv2d\.(weight|bias)/.test(key));
  expect(weights.length).toBeGreaterThan(0);
  for (const key of weights) expect(to[key]).toEqual(from[key]);
});

test('pictures that are unreadable are left out and counted; when most are, the run ends', async () => {
  const data = await pictureFolder(7);
  for (const name of ['000.png', '004.png']) writeFileSync(join(data, name), 'no picture');
  const said: string[] = [];
  await train(await tinyRun({ data: [data], steps: 4 }), { say: (message) => said.push(message) });
  expect(said.filter((message) => / is left out: /.test(message)).toSorted()).toEqual([
    expect.stringContaining('000.png'),
    expect.stringContaining('004.png'),
  ]);
  expect(said).toContain("2 of 7 photographs can't be read and were left out");

  for (const name of ['001.png', '002.png', '003.png']) writeFileSync(join(data, name), 'no picture');
  await expect(train(await tinyRun({ data: [data] }))).rejects.toMatchObject({
    code: 'no-data',
    message: expect.stringMatching(/^\d of 7 pictures can't be read/),
  });
});

test('a run does not go on with other photographs', async () => {
  const options = await tinyRun();
  await train(options, stopAfter(/^engine/));
  const [data] = options.data as [string];
  rmSync(join(data, '003.png'));
  await expect(resume(options.out)).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringContaining('photographs'),
  });
});

test('a run that was killed before its first checkpoint begins again', async () => {
  const killed = await tinyRun({ steps: 4 });
  mkdirSync(killed.out);
  writeFileSync(join(killed.out, 'config.json'), JSON.stringify(killed));
  expect(await resume(killed.out)).toMatchObject({ end: 'done', steps: 4 });
  const first = lossesOf(killed.out)[1];

  rmSync(join(killed.out, 'checkpoints'), { recursive: true });
  await expect(resume(killed.out)).rejects.toMatchObject({ code: 'missing-file' });
  const other = await tinyRun({ steps: 4, seed: 2 });
  await train(other);
  expect(lossesOf(other.out)[1]).not.toBe(first);
});

test('without say a run is silent', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await train(await tinyRun({ steps: 4 }));
  expect(write).not.toHaveBeenCalled();
});

test.each<[string, Partial<TrainConfig>, string, RegExp]>([
  ['no data', { data: [] }, 'bad-config', /--data/],
  ['no budget', { steps: undefined as never }, 'bad-config', /--steps, --epochs and --minutes/],
  ['a path that is not there', { data: ['/nowhere'] }, 'missing-file', /\/nowhere/],
  ['no network', { network: 5 }, 'bad-config', /network/],
  ['an unknown key of the network', { network: { maxChanels: 8 } }, 'bad-config', /maxChanels/],
  ['a range from high to low', { rescale: [1.3, 1] }, 'bad-config', /rescale/],
  ['a warm-up longer than the run', { warmup: 20 }, 'bad-config', /12 steps for warmup/],
  ['an unknown engine', { engine: 'gpu' as never }, 'bad-config', /native.*engine/],
  ['no place for the run', { out: '/dev/null/run' }, 'bad-file', /\/dev\/null\/run/],
])('refused: %s', async (_, changes, code, message) => {
  const options = { ...(await tinyRun()), ...changes };
  for (const key of Object.keys(options) as (keyof TrainConfig)[])
    if (options[key] === undefined) delete options[key];
  await expect(train(options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('refused: an empty folder, a folder that holds a run, a folder that holds none', async () => {
  await expect(train(await tinyRun({ data: [tempFolder()] }))).rejects.toMatchObject({ code: 'no-data' });
  const out = tempFolder();
  await expect(resume(out)).rejects.toMatchObject({ code: 'missing-file' });
  writeFileSync(join(out, 'config.json'), '{}');
  await expect(train(await tinyRun({ out }))).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringContaining(`resume ${out}`),
  });
});

test('an engine that is not there is told with how to get it, and leaves no run behind', async () => {
  vi.stubEnv('SPARNET_NATIVE', tempFolder());
  const options = await tinyRun({ engine: 'native', steps: 4 });
  await expect(train(options)).rejects.toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringContaining('npm install @tensorflow/tfjs-node'),
  });
  expect(existsSync(join(options.out, 'config.json'))).toBe(false);
});

/** Stops a run when it says this. */
function stopAfter(message: RegExp): { signal: AbortSignal; say(words: string): void } {
  const controller = new AbortController();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return {
    signal: controller.signal,
    say: (words) => {
      if (message.test(words)) controller.abort();
    },
  };
}

function previews(dir: string): string[] {
  return readdirSync(join(dir, 'previews')).toSorted();
}

function tensors(dir: string): StateDict {
  return parseSafetensors(modelOf(dir)).tensors;
}

async function settings(dir: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')) as Record<string, unknown>;
}
