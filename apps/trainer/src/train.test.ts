import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { createImage } from '@sparnet/image';
import { writeImage } from '@sparnet/image/node';
import { formatSafetensors, parseSafetensors, toFloat32, type StateDict } from '@sparnet/weights';
import { afterEach, expect, test, vi } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import type { TrainConfig } from './options.ts';
import { setPointers } from './run/checkpoint-steps.ts';
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

  // Between validation and preview of step 5, which are then both put off.
  expect(await train(stopped, stopAfter(/^step 5:/))).toMatchObject({ end: 'interrupted', steps: 5 });
  expect(existsSync(join(stopped.out, 'model.safetensors'))).toBe(false);
  expect(previews(stopped.out)).toEqual([]);
  // Stopped again before it can make up for them, it still owes them.
  expect(await resume(stopped.out, {}, stopAfter(/^going on from step 5/))).toMatchObject({
    end: 'interrupted',
    steps: 5,
  });
  await spoilPointers(stopped.out);
  expect(await resume(stopped.out, { workers: 2 })).toMatchObject({ end: 'done', steps: 12, quality });

  expect(Object.keys(lossesOf(dir))).toHaveLength(12);
  expect(timeless(stopped.out)).toEqual(timeless(dir));
  expect(previews(stopped.out)).toEqual(previews(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
  expect(await pointersOf(stopped.out)).toEqual(await pointersOf(dir));
  const counters = Object.entries(tensors(dir)).filter(([key]) => /num_batches/.test(key));
  expect(counters.map(([, { data }]) => Number(data[0]))).toEqual(counters.map(() => 12));
  expect(counters.length).toBeGreaterThan(0);
});

test('a degraded run goes on in the middle of an epoch with the same bits, without its recipe file', async () => {
  const degrade = join(tempFolder(), 'recipe.json');
  const recipe = {
    steps: [
      { op: 'gaussian', sigma: { between: [0.5, 2] } },
      { op: 'resize', shrink: { between: [2, 4] } },
      { op: 'noise', probability: 0.5, sigma: { between: [0, 20] } },
      { op: 'jpeg', quality: { integer: [30, 90] } },
    ],
  };
  writeFileSync(degrade, JSON.stringify(recipe));
  const val = [await pictureFolder(2)];
  const whole = await tinyRun({ degrade, val, valEvery: 3, previewEvery: 6, batch: 2, steps: 8, loaders: 2 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), loaders: 1 };
  const { dir, quality } = await train(whole);
  expect(await train(stopped, stopAfter(/^step 3:/))).toMatchObject({ end: 'interrupted', steps: 3 });
  rmSync(degrade);
  expect((await settings(dir))['degrade']).toEqual(recipe);
  expect(await resume(stopped.out)).toMatchObject({ end: 'done', quality });
  expect(timeless(stopped.out)).toEqual(timeless(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
  expect(previews(stopped.out)).toEqual(previews(dir));

  // Its config.json is input for another run; reduced only, the same faces are easier.
  const again: Partial<TrainConfig> = { ...(await settings(dir)), out: join(tempFolder(), 'run') };
  expect((await train(again)).quality).toEqual(quality);
  const { degrade: _, ...plain } = { ...again, out: join(tempFolder(), 'run') };
  expect((await train(plain)).quality?.bicubic.psnr).not.toBe(quality?.bicubic.psnr);
});

test('so it does with Muon, whose steps are others than those of Adam', async () => {
  const val = [await pictureFolder(1)];
  const whole = await tinyRun({ optimizer: 'muon', val, valEvery: 5, workers: 2 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), workers: 1 };
  const { dir } = await train(whole);
  expect(await train(stopped, stopAfter(/^step 5:/))).toMatchObject({ end: 'interrupted' });
  expect(await resume(stopped.out, { workers: 2 })).toMatchObject({ end: 'done' });
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
  const adam = await train({ ...whole, optimizer: 'adam', out: join(tempFolder(), 'run') });
  expect(lossesOf(adam.dir)[1]).toBe(lossesOf(dir)[1]);
  expect(lossesOf(adam.dir)[3]).not.toBe(lossesOf(dir)[3]);
});

test('so it does on the engine cpu', async () => {
  const val = [await pictureFolder(1)];
  const whole = await tinyRun({ engine: 'cpu', batch: 3, steps: 4, workers: 2, val, valEvery: 1 });
  const stopped = { ...whole, out: join(tempFolder(), 'run'), workers: 1 };
  const { dir } = await train(whole);
  expect(await train(stopped, stopAfter(/^step 1:/))).toMatchObject({ end: 'interrupted', steps: 1 });
  expect(await resume(stopped.out)).toMatchObject({ end: 'done' });
  expect(lossesOf(stopped.out)).toEqual(lossesOf(dir));
  expect(modelOf(stopped.out).equals(modelOf(dir))).toBe(true);
});

test('asked for more steps, a run by time goes on, from any working folder, but not with other photographs', async () => {
  const data = await pictureFolder(5);
  const folder = vi.spyOn(process, 'cwd').mockReturnValue(dirname(data));
  const constant = { schedule: 'constant', minutes: 1e-6, steps: 3 } as const;
  const options = await tinyRun({ ...constant, data: [basename(data)] });
  expect(await train(options)).toMatchObject({ end: 'out of time', steps: 1 });
  folder.mockRestore();
  expect(await resume(options.out, { steps: 5 })).toMatchObject({ end: 'done', steps: 5 });
  const { minutes, ...kept } = await settings(options.out);
  expect(minutes).toBeUndefined();
  expect(kept).toMatchObject({ steps: 5, engine: 'wasm', data: [data] });

  rmSync(join(data, '003.png'));
  await expect(resume(options.out, { steps: 7 })).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringContaining('photographs'),
  });
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

  const timed = { ...open, minutes: 0.01, warmup: 100_000, out: join(tempFolder(), 'run') };
  const said: string[] = [];
  const { steps } = await train(timed, { say: (message) => said.push(message) });
  const planned = said
    .map((words) => /^0\.01 minutes are about (\d+) steps/.exec(words))
    .find((found) => found);
  const horizon = Number(planned?.[1]);
  expect(await settings(timed.out)).toMatchObject({
    steps: horizon,
    horizon,
    warmup: Math.floor(horizon / 4),
  });
  expect(steps).toBeLessThanOrEqual(horizon);
  expect(Object.keys(tensors(timed.out)).length).toBeGreaterThan(0);
});

test('a loss that is not finite ends the run, names step and term, and leaves good checkpoints', async () => {
  const options = await tinyRun({ lr: 1e30, schedule: 'constant', warmup: 0, clip: 0, saveEvery: 1 });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const error: unknown = await train(options).catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'diverged') && error.message).toMatch(
    /^step \d+: the (pixel loss|gradient's norm|norm of [a-zA-Z' ]+) is (NaN|-?Infinity)\. .*checkpoints.* lower --lr than 1e\+30/,
  );
  expect(write).not.toHaveBeenCalled(); // silent without say
  expect(existsSync(join(options.out, 'model.safetensors'))).toBe(false);
  const { files } = await loadLatestCheckpoint(options.out);
  for (const content of Object.values(files))
    for (const tensor of Object.values(parseSafetensors(content).tensors))
      expect(toFloat32(tensor).every(Number.isFinite)).toBe(true);
});

test('the way out that a diverged run names is one', async () => {
  const options = await tinyRun({ lr: 1e30, schedule: 'constant', warmup: 0, saveEvery: 100 });
  const { message } = (await train(options).catch((reason: unknown) => reason as Error)) as Error;
  const init = / train --init (\S+\.safetensors) /.exec(message)?.[1] as string;
  expect(await train(await tinyRun({ init, steps: 4 }))).toMatchObject({ end: 'done' });
});

test('weights that make no picture end the run at its validation', async () => {
  const before = await tinyRun({ steps: 4 });
  await train(before);
  const file = join(before.out, 'model.safetensors');
  const { tensors: found, metadata } = parseSafetensors(modelOf(before.out));
  const last = Object.keys(found).findLast((key) => key.endsWith('.bias')) as string;
  found[last] = { dtype: 'F32', shape: [3], data: new Float32Array(3).fill(3e38) };
  writeFileSync(file, formatSafetensors(found, { metadata }));
  const val = [await pictureFolder(1)];
  const blown = await tinyRun({ init: file, val, valEvery: 1, lr: 0, steps: 4 });
  await expect(train(blown)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringMatching(/^step 1: .* is (NaN|-?Infinity|not finite)\./),
  });
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

test('the schedule ends where it was planned to, also with more steps, unless told otherwise', async () => {
  const options = await tinyRun({ steps: 4, warmup: 0, saveEvery: 2 });
  await train(options);
  expect(await settings(options.out)).toMatchObject({ steps: 4, horizon: 4 });
  await expect(resume(options.out, { steps: 3 })).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/step 4; give more --steps than 3/),
  });
  await resume(options.out, { steps: 6 });
  expect(await settings(options.out)).toMatchObject({ steps: 6, horizon: 4 });
  expect(ratesOf(options.out).slice(4)).toEqual([0, 0]);
  await resume(options.out, { steps: 8, horizon: 8 });
  const [seventh, eighth] = ratesOf(options.out).slice(6) as [number, number];
  expect(seventh).toBeGreaterThan(eighth);
  expect(eighth).toBeGreaterThan(0);
});

test("what resuming can't open leaves the run as it was", async () => {
  const options = await tinyRun({ steps: 4 });
  await train(options);
  const before = await settings(options.out);
  vi.stubEnv('SPARNET_NATIVE', tempFolder());
  await expect(resume(options.out, { engine: 'native', steps: 9 })).rejects.toMatchObject({
    code: 'engine-unavailable',
  });
  expect(await settings(options.out)).toEqual(before);

  // The same shapes do not make the same network.
  const config = join(options.out, 'config.json');
  writeFileSync(config, JSON.stringify({ ...before, network: { ...tinyNetwork, globalSkip: true } }));
  await expect(resume(options.out, { steps: 9 })).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringContaining('globalSkip false'),
  });
});

test('with other validation photographs the best validation so far is forgotten', async () => {
  const val = await pictureFolder(2);
  const options = await tinyRun({ val: [val], valEvery: 2, steps: 4 });
  await train(options);
  const first = await pointersOf(options.out);
  expect(first['best']).toEqual({ step: expect.any(Number) });
  rmSync(join(val, '001.png'));
  const said: string[] = [];
  await resume(options.out, { steps: 4 }, { say: (message) => said.push(message) });
  expect(said).toContainEqual(expect.stringMatching(/validation photographs are others.*forgotten/));
  expect(await pointersOf(options.out)).toEqual({ latest: first['latest'], best: undefined });
});

test('a run that is over says so when it is resumed, and what to do', async () => {
  const options = await tinyRun({ steps: 4 });
  await train(options);
  const model = modelOf(options.out);
  const said: string[] = [];
  const say = (message: string): unknown => said.push(message);
  expect(await resume(options.out, {}, { say })).toMatchObject({ end: 'done', steps: 4 });
  expect(said.at(-1)).toBe(
    'this run has done its 4 steps: nothing is left to do. To train longer: ' +
      `trainer resume ${options.out} --steps N --horizon N, with N above 4; without --horizon, the learning rate stays ` +
      'where its schedule ends, at step 4',
  );
  expect(modelOf(options.out).equals(model)).toBe(true);
  said.length = 0;
  await resume(options.out, { steps: 6 }, { say });
  expect(said.join()).not.toContain('nothing is left');

  const constant = await tinyRun({ steps: 1, schedule: 'constant', warmup: 0 });
  await train(constant);
  await resume(constant.out, {}, { say });
  expect(said.at(-1)).toMatch(/trainer resume \S+ --steps N, above 1$/);
});

test('a run does not go on with other settings in its config.json, and says how to begin anew', async () => {
  const options = await tinyRun({ steps: 4 });
  await train(options);
  const config = join(options.out, 'config.json');
  const before = await settings(options.out);
  for (const [changes, message] of [
    [{ batch: 4 }, /with batch 5, its config\.json now says 4/],
    [{ lr: 0.002 }, /with lr 0\.001, its config\.json now says 0\.002/],
    [{ seed: 2 }, /with seed 1, its config\.json now says 2/],
    [{ flip: false }, /with flip true, its config\.json now says false/],
    [{ degrade: { steps: [] } }, /with degrade nothing, its config\.json now says \{"steps":\[\]\}/],
  ] as const) {
    writeFileSync(config, JSON.stringify({ ...before, ...changes }));
    const error = (await resume(options.out, { steps: 6 }).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'bad-state', message: expect.stringMatching(message) });
    const init = /--init (\S+\.safetensors)/.exec(error.message)?.[1] as string;
    expect(existsSync(init)).toBe(true);
  }
  // What only says how a run is worked at may change.
  writeFileSync(config, JSON.stringify({ ...before, loaders: 2, logEvery: 2 }));
  expect(await resume(options.out, { steps: 6 })).toMatchObject({ steps: 6 });
});

test('pictures of one colour that make a run diverge are named', async () => {
  const data = tempFolder();
  for (let i = 0; i < 4; i++) {
    const grey = createImage({ width: 16, height: 16, channels: 3 });
    grey.data.fill(50 * i);
    await writeImage(join(data, `grey${i}.png`), grey);
  }
  const options = await tinyRun({
    data: [data],
    network: {},
    preset: 'sparnet-tiny',
    batch: 2,
    shard: 1,
    clip: 0,
  });
  await expect(train({ ...options, zoom: [1, 1], shift: 0 })).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringMatching(
      /^step \d+: .*\. This step had a shard of pictures of one colour \(grey\d\.png\)/,
    ),
  });
});

test('told to stop while it opens, a run is not begun', async () => {
  const options = await tinyRun({ val: [await pictureFolder(1)] });
  for (const message of [/photographs$/, /^engine/]) {
    expect(await train(options, stopAfter(message))).toEqual({
      end: 'interrupted',
      dir: options.out,
      steps: 0,
    });
    expect(existsSync(options.out)).toBe(false);
  }
  expect(await train(options)).toMatchObject({ end: 'done' });
});

test.each<[string, Partial<TrainConfig>, string, RegExp]>([
  ['no data', { data: [] }, 'bad-config', /--data/],
  ['no budget', { steps: undefined as never }, 'bad-config', /--steps, --epochs and --minutes/],
  ['no time', { minutes: 0 }, 'bad-config', /above 0 for minutes/],
  ['no epoch', { epochs: 0 }, 'bad-config', /above 0 for epochs/],
  ['more loaders than can be', { loaders: 100 }, 'bad-config', /between 1 and 64 for loaders/],
  ['a path that is not there', { data: ['/nowhere'] }, 'missing-file', /\/nowhere/],
  ['no network', { network: 5 }, 'bad-config', /network/],
  ['an unknown key of the network', { network: { maxChanels: 8 } }, 'bad-config', /maxChanels/],
  ['a range from high to low', { rescale: [1.3, 1] }, 'bad-config', /rescale/],
  ['a warm-up longer than the run', { warmup: 20 }, 'bad-config', /12 steps for warmup/],
  ['an unknown engine', { engine: 'gpu' as never }, 'bad-config', /native.*engine/],
  ['no place for the run', { out: '/dev/null/run' }, 'bad-file', /\/dev\/null\/run/],
  [
    'a place where no folder can be made',
    { out: '/proc/x' },
    'bad-file',
    /\/proc\/x: this folder cannot be made/,
  ],
])('refused: %s', async (_, changes, code, message) => {
  const options = { ...(await tinyRun()), ...changes };
  for (const key of Object.keys(options) as (keyof TrainConfig)[])
    if (options[key] === undefined) delete options[key];
  await expect(train(options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(existsSync(options.out)).toBe(false);
});

test('what could not begin takes away only what it made', async () => {
  const out = join(tempFolder(), 'runs/mine');
  const bad = await tinyRun({ data: ['/nowhere'], out });
  await expect(train(bad)).rejects.toMatchObject({ code: 'missing-file' });
  expect(existsSync(dirname(out))).toBe(false);
  mkdirSync(dirname(out));
  await expect(train(bad)).rejects.toMatchObject({ code: 'missing-file' });
  expect(readdirSync(dirname(out))).toEqual([]);
  mkdirSync(out);
  writeFileSync(join(out, 'notes.txt'), 'mine');
  await expect(train(bad)).rejects.toMatchObject({ code: 'missing-file' });
  expect(readdirSync(out)).toEqual(['notes.txt']);
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
  expect(existsSync(options.out)).toBe(false);
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

/** What a kill between a checkpoint and its pointers leaves. */
async function spoilPointers(dir: string): Promise<void> {
  await setPointers(dir, { latest: 4, best: 4 });
}

async function pointersOf(dir: string): Promise<Record<string, unknown>> {
  const read = async (name: string): Promise<unknown> => {
    const file = join(dir, 'checkpoints', `${name}.json`);
    return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as unknown) : undefined;
  };
  return { latest: await read('latest'), best: await read('best') };
}

/** The learning rates that were logged. */
function ratesOf(dir: string): number[] {
  const lines = timeless(dir) as { split: string; lr: number }[];
  return lines.filter(({ split }) => split === 'train').map(({ lr }) => lr);
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
