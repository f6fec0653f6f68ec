import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { randomStream } from '@sparnet/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCheckpoint, loadLatestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { pointedStep, setPointers } from './checkpoint-steps.ts';
import { clearUnfinishedCheckpoints, pruneCheckpoints } from './prune-checkpoints.ts';
import { runPaths } from './run-paths.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const files = (step: number) => ({
  'model.safetensors': new Uint8Array(1000).fill(step),
  'optimizer.safetensors': Uint8Array.of(step, 2, 3),
});
const save = (step: number, options?: { best: number }) =>
  saveCheckpoint(dir, step, files(step), { epoch: step / 100 }, options);
const model = (step: number) => join(runPaths(dir).checkpoint(step), 'model.safetensors');
const pointers = () => Promise.all([pointedStep(dir, 'latest'), pointedStep(dir, 'best')]);
const folders = () => readdirSync(runPaths(dir).checkpoints).filter((name) => !name.endsWith('.json'));

describe('saving and loading', () => {
  test('gives back files and state, and leaves the files of the contract', async () => {
    const folder = await save(1000, { best: 1000 });
    expect(folder).toBe(join(dir, 'checkpoints', 'step-00001000'));
    expect(readdirSync(folder).toSorted()).toEqual([
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
    ]);
    const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as unknown;
    expect(state).toEqual({
      step: 1000,
      files: {
        'model.safetensors': { bytes: 1000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
        'optimizer.safetensors': {
          bytes: 3,
          sha256: expect.any(String) as unknown,
        },
      },
      state: { epoch: 10 },
    });
    for (const pointer of ['latest', 'best']) {
      const text = await readFile(join(dir, 'checkpoints', `${pointer}.json`), 'utf8');
      expect(JSON.parse(text)).toEqual({ step: 1000 });
    }
    expect(await loadLatestCheckpoint(dir)).toEqual({
      step: 1000,
      folder,
      files: expect.anything() as unknown,
      state: { epoch: 10 },
    });
    const loaded = await loadCheckpoint(dir, 1000);
    expect(new Uint8Array(loaded.files['model.safetensors']!)).toEqual(files(1000)['model.safetensors']);
  });

  test('each save sets both pointers, whatever they said', async () => {
    await save(100, { best: 100 });
    await setPointers(dir, { latest: 100 });
    expect(await pointers()).toEqual([100, null]);
    await save(200, { best: 100 });
    expect(await pointers()).toEqual([200, 100]);
    await save(300, { best: 300 });
    expect(await pointers()).toEqual([300, 300]);
    await save(400, { best: 50 }); // of which there is no checkpoint
    expect(await pointers()).toEqual([400, null]);
  });

  test('saving a step again replaces it', async () => {
    await save(100);
    await saveCheckpoint(dir, 100, { 'model.safetensors': Uint8Array.of(9) }, 'again');
    expect((await loadLatestCheckpoint(dir)).state).toBe('again');
    expect(folders()).toEqual(['step-00000100']);
  });

  test.each(['../model', 'a/b', 'state.json', '.hidden', ''])('refuses the file name %j', async (name) => {
    await expect(saveCheckpoint(dir, 1, { [name]: Uint8Array.of(1) }, {})).rejects.toThrow(
      'plain file names',
    );
  });
});

describe('a broken checkpoint', () => {
  const breaks: [string, (file: string) => Promise<unknown>, string][] = [
    ['cut short', (file) => writeFile(file, new Uint8Array(999)), 'has 999 bytes instead of 1000'],
    ['longer', (file) => appendFile(file, 'x'), 'has 1001 bytes instead of 1000'],
    ['altered', (file) => writeFile(file, new Uint8Array(1000).fill(7)), 'sha256 differs'],
    ['without a file', (file) => unlink(file), 'is missing'],
    ['without state.json', (file) => unlink(join(file, '../state.json')), 'is missing'],
    ['with a torn state.json', (file) => writeFile(join(file, '../state.json'), '{"step": 2'), 'is not JSON'],
    [
      'of another step',
      (file) => writeFile(join(file, '../state.json'), '{"step": 3}'),
      'is not of step 200',
    ],
    [
      'that lists a path',
      (file) =>
        writeFile(
          join(file, '../state.json'),
          '{"step":200,"files":{"../x":{"bytes":1,"sha256":""}},"state":1}',
        ),
      'no plain file name',
    ],
  ];
  test.each(breaks)('%s is told and passed over', async (_, damage, message) => {
    await save(100);
    await save(200);
    await damage(model(200));
    const rejected: string[] = [];
    const loaded = await loadLatestCheckpoint(dir, {
      onReject: (folder, error) => rejected.push(folder, error.message),
    });
    expect(loaded.step).toBe(100);
    expect(rejected[0]).toBe(runPaths(dir).checkpoint(200));
    expect(rejected[1]).toContain(message);
    expect(rejected).toHaveLength(2);
  });

  test('when none is whole or there is none, that is an error', async () => {
    await expect(loadLatestCheckpoint(dir)).rejects.toMatchObject({ code: 'missing-file' });
    await save(100);
    await unlink(model(100));
    await expect(loadLatestCheckpoint(dir)).rejects.toMatchObject({ code: 'bad-file' });
  });
});

describe('pruning', () => {
  test('keeps the newest and the best', async () => {
    for (const step of [100, 200, 300, 400, 500]) await save(step);
    expect(await pruneCheckpoints(dir, { keepLast: 2, best: 200 })).toEqual([300, 100]);
    expect(folders()).toEqual(['step-00000200', 'step-00000400', 'step-00000500']);
    expect(await pruneCheckpoints(dir, { keepLast: 1 })).toEqual([400, 200]);
    expect(folders()).toEqual(['step-00000500']);
  });

  test('never deletes the newest whole one, however many broken ones are newer', async () => {
    for (const step of [100, 200, 300, 400]) await save(step);
    await unlink(model(300));
    await unlink(model(400));
    expect(await pruneCheckpoints(dir, { keepLast: 1 })).toEqual([100]);
    expect((await loadLatestCheckpoint(dir)).step).toBe(200);
  });

  test('deletes nothing when none is whole', async () => {
    for (const step of [100, 200]) await save(step);
    for (const step of [100, 200]) await unlink(model(step));
    expect(await pruneCheckpoints(dir, { keepLast: 1 })).toEqual([]);
  });
});

describe('a failed save', () => {
  test('is an error and leaves the old one', async () => {
    await save(100);
    const { checkpoints } = runPaths(dir);
    await rename(checkpoints, `${checkpoints}-kept`);
    await writeFile(checkpoints, 'a file where the folder should be');
    await expect(save(200)).rejects.toMatchObject({ code: 'bad-file' });
    await rm(checkpoints);
    await rename(`${checkpoints}-kept`, checkpoints);
    expect((await loadLatestCheckpoint(dir)).step).toBe(100);
  });

  test.skipIf(process.platform === 'win32')('on a full disk leaves the old one and no rest', async () => {
    await save(100);
    // A limit on file sizes is what a disk that runs full looks like: a write fails in the middle of a file.
    const child = spawn('sh', ['-c', 'ulimit -f 64; exec "$@"', 'sh', ...node(saveOnce)], { stdio: 'pipe' });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    await once(child, 'close');
    expect(Buffer.concat(output).toString()).toContain('bad-file');
    expect(folders()).toEqual(['step-00000100']);
    expect(await pointedStep(dir, 'latest')).toBe(100);
  });
});

test('what a killed run left is cleared, and a half-replaced checkpoint comes back', async () => {
  await save(100);
  await save(200);
  const { checkpoints, checkpoint } = runPaths(dir);
  await mkdir(join(checkpoints, '.tmp-step-00000300-1-aa'));
  await rename(checkpoint(200), `${checkpoint(200)}.replaced`);
  expect((await loadLatestCheckpoint(dir)).step).toBe(100);
  await clearUnfinishedCheckpoints(dir);
  expect((await loadLatestCheckpoint(dir)).step).toBe(200);
  expect(folders()).toEqual(['step-00000100', 'step-00000200']);
});

test('a process killed at any moment of saving leaves a whole checkpoint', async () => {
  await save(1);
  const random = randomStream({ seed: 3, purpose: 'kill' });
  for (let kill = 0; kill < 10; kill++) {
    const before = (await loadLatestCheckpoint(dir)).step;
    const child = spawn(...command(saveInALoop), { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await setTimeout(random.between(0, 60));
    child.kill('SIGKILL');
    await once(child, 'close');

    const loaded = await loadLatestCheckpoint(dir);
    expect(loaded.step).toBeGreaterThan(before);
    expect(loaded.state).toEqual({ done: loaded.step });
    expect(loaded.files['model.safetensors']).toHaveLength(300_000);
    expect(new Set(loaded.files['model.safetensors'])).toEqual(new Set([loaded.step % 256]));
    await clearUnfinishedCheckpoints(dir);
    await pruneCheckpoints(dir, { keepLast: 2 });
    expect(folders().every((name) => name.startsWith('step-'))).toBe(true);
    expect(existsSync(model(loaded.step))).toBe(true);
  }
});

const saving = `import { saveCheckpoint } from ${JSON.stringify(new URL('./checkpoint.ts', import.meta.url).href)};`;
const saveOnce = () => `${saving}
  const result = saveCheckpoint(${JSON.stringify(dir)}, 200, { 'model.safetensors': new Uint8Array(300_000) }, {});
  console.log(await result.then(() => 'saved', (error) => error.code));`;
const saveInALoop = () => `
  import { loadLatestCheckpoint } from ${JSON.stringify(new URL('./checkpoint.ts', import.meta.url).href)};
  ${saving}
  const dir = ${JSON.stringify(dir)};
  for (let step = (await loadLatestCheckpoint(dir)).step + 1; ; step++) {
    const files = { 'model.safetensors': new Uint8Array(300_000).fill(step), 'ema.safetensors': new Uint8Array(300_000) };
    await saveCheckpoint(dir, step, files, { done: step });
    console.log(step);
  }`;

/** The command line that runs a module given as text, with this process's means to load TypeScript. */
function node(source: () => string): string[] {
  return [process.execPath, ...process.execArgv, '--input-type=module', '--eval', source()];
}

function command(source: () => string): [string, string[]] {
  const [program = '', ...words] = node(source);
  return [program, words];
}
