import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRunFolder, openRunFolder } from './run-folder.ts';
import { lockRun } from './run-lock.ts';
import { stepName, stepOf } from './run-paths.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a new run gets its folders and paths', async () => {
  const { paths, unlock } = await createRunFolder(join(dir, 'new', 'run'));
  expect(paths.preview(1000)).toBe(join(dir, 'new', 'run', 'previews', 'step-00001000.png'));
  expect(paths.checkpoint(123_456_789)).toBe(join(paths.checkpoints, 'step-123456789'));
  expect(existsSync(paths.previews) && existsSync(paths.checkpoints)).toBe(true);
  unlock();
  expect(existsSync(paths.lock)).toBe(false);
});

test('step names sort and read back', () => {
  expect(stepOf(stepName(1000))).toBe(1000);
  expect([stepOf('step-100'), stepOf('step-00000100.replaced'), stepOf('latest.json')]).toEqual([
    null,
    null,
    null,
  ]);
});

test.each(['config.json', 'metrics.jsonl', 'model.safetensors', 'checkpoints/step-00000010'])(
  'a folder with %s is refused, saying the ways out, and is not left locked',
  async (name) => {
    await mkdir(join(dir, name), { recursive: true });
    await expect(createRunFolder(dir)).rejects.toMatchObject({
      code: 'exists',
      message: `${dir}: already holds a run; go on with it (trainer resume ${dir}) or choose another --out`,
    });
    expect(existsSync(join(dir, '.lock'))).toBe(false);
  },
);

test('going on needs a run, and clears what a killed process left', async () => {
  await expect(openRunFolder(dir)).rejects.toMatchObject({ code: 'missing-file' });
  await writeFile(join(dir, 'config.json'), '{}');
  for (const folder of ['', 'previews', 'checkpoints']) {
    await mkdir(join(dir, folder), { recursive: true });
    await writeFile(join(dir, folder, '.tmp-rest-1-aa'), '');
  }
  const { unlock } = await openRunFolder(dir);
  expect(readdirSync(dir, { recursive: true }).filter((name) => String(name).includes('.tmp-'))).toEqual([]);
  unlock();
});

test('a second process is kept out until the first is done', async () => {
  const { unlock } = await createRunFolder(dir);
  await writeFile(join(dir, 'config.json'), '{}');
  await expect(openRunFolder(dir)).rejects.toMatchObject({ code: 'exists' });
  await expect(openRunFolder(dir)).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
  unlock();
  (await openRunFolder(dir)).unlock();
});

test('the lock of a dead process is taken over', async () => {
  const lock = join(dir, '.lock');
  const { pid } = spawnSync(process.execPath, ['--eval', '']);
  await writeFile(lock, JSON.stringify({ pid, host: hostname(), born: null }));
  const unlock = await lockRun(lock);
  expect((JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid).toBe(process.pid);
  expect(readdirSync(dir)).toEqual(['.lock']);
  unlock();
});

test('a torn lock, and one whose process number now belongs to another, are taken over', async () => {
  const lock = join(dir, '.lock');
  const stale = [
    '',
    'null',
    '{"pid"',
    JSON.stringify({ pid: process.pid, host: hostname(), born: 'long ago' }),
  ];
  // Only Linux tells when a process began.
  for (const content of process.platform === 'linux' ? stale : stale.slice(0, -1)) {
    await writeFile(lock, content);
    const unlock = await lockRun(lock);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    unlock();
  }
});

test('the lock of another machine is respected', async () => {
  await writeFile(join(dir, '.lock'), JSON.stringify({ pid: 1, host: 'elsewhere', born: null }));
  await expect(lockRun(join(dir, '.lock'))).rejects.toThrow(
    'process 1 on elsewhere is working in this folder',
  );
});

test('of many that want a stale lock at once, one gets it; a dead one among those who take it is no obstacle', async () => {
  const stale = JSON.stringify({ pid: 0, host: hostname(), born: null });
  const lock = join(dir, '.lock');
  for (let round = 0; round < 10; round++) {
    await writeFile(lock, stale);
    if (round % 2 === 1) await writeFile(`${lock}.taking`, stale);
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, async (_, index) => {
        await setTimeout(index % 3);
        return lockRun(lock);
      }),
    );
    const [unlock, ...others] = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    expect(others).toEqual([]);
    unlock?.();
    expect(readdirSync(dir)).toEqual([]);
  }
});
