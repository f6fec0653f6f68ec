import type { ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '@sparnet/core';
import { expect, test } from 'vitest';
import { tempFolder } from './data/temp-folder.ts';
import type { TrainConfig } from './options.ts';
import { loadCheckpoint, loadLatestCheckpoint } from './run/checkpoint.ts';
import { checkpointSteps, pointedStep } from './run/checkpoint-steps.ts';
import { readConfig } from './run/config-file.ts';
import { ended, lossesOf, modelOf, pictureFolder, startTrainer, timeless, tinyRun } from './run-fixture.ts';
import { resume, train } from './train.ts';

const saveEvery = 4;
const limit = { timeout: 300_000 }; // a dozen processes on two shared cores

test.each([
  { kills: 10, how: 'reduced', more: {} },
  { kills: 3, how: 'degraded', more: { degrade: 'sparnethd-released' } },
])(
  'a run killed $kills times at random moments, with one worker and two, has the bits of one that was not ($how)',
  limit,
  async ({ kills, more }) => {
    const random = randomStream({ seed: 5, purpose: 'kill' });
    const looks = { val: [await pictureFolder(2)], valEvery: 7, previewEvery: 11 };
    const { out, config } = await endlessRun({ saveEvery, ...looks, ...more });
    const start = (workers: number): readonly string[] => {
      const begun = existsSync(join(out, 'config.json'));
      return [...(begun ? ['resume', out] : ['train', '--config', config]), '--workers', String(workers)];
    };

    const seen: [step: number, loss: number][] = [];
    let newest = 0;
    for (let kill = 0; kill < kills; kill++) {
      const before = lossLines(out).at(-1)?.[0] ?? 0;
      const child = startTrainer(start(1 + (kill % 2)));
      const end = ended(child);
      if (kill % 5 === 0) await sleep(random.between(100, 1500));
      else await someSteps(child, out, before + 1 + random.integer(6), random.between(0, 40));
      child.kill('SIGKILL');
      expect(await end).toMatchObject({ signal: 'SIGKILL' });

      const steps = await checkpointSteps(out);
      for (const step of steps) await loadCheckpoint(out, step);
      // No more is lost than the steps since the last checkpoint before the last line.
      const lines = lossLines(out);
      const logged = lines.at(-1)?.[0] ?? 0;
      const least = Math.max(newest, saveEvery * Math.floor((logged - 1) / saveEvery));
      newest = steps[0] ?? 0;
      expect(newest).toBeGreaterThanOrEqual(least);
      seen.push(...lines);
    }
    expect(newest).toBeGreaterThanOrEqual(saveEvery);

    const steps = Math.max(...seen.map(([step]) => step)) + 3;
    expect(await ended(startTrainer(['resume', out, '--steps', String(steps)]))).toMatchObject({ code: 0 });
    const whole = { ...(await readConfig(join(out, 'config.json'))), out: join(tempFolder(), 'run') };
    await train(whole);
    expect(timeless(out)).toEqual(timeless(whole.out));
    expect(modelOf(out).equals(modelOf(whole.out))).toBe(true);
    const losses = lossesOf(whole.out);
    expect(seen).toEqual(seen.map(([step]) => [step, losses[step]]));
    for (const pointer of ['latest', 'best'] as const) {
      const step = await pointedStep(out, pointer);
      expect(step).toBe(await pointedStep(whole.out, pointer));
      await loadCheckpoint(out, step as number);
    }
    const left = readdirSync(out, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /\.tmp-|\.replaced|\.lock/.test(name))).toEqual([]);
  },
);

test(
  'Ctrl-C saves the step and ends with code 130; the run goes on as if nothing had been',
  limit,
  async () => {
    const { out, config } = await endlessRun({ saveEvery: 1000 });
    const child = startTrainer(['train', '--config', config]);
    const end = ended(child);
    await someSteps(child, out, 1, 0);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain('saving, then ending');
    const step = Number(/^interrupted at step (\d+); go on with: .* resume .*run\n$/.exec(stdout)?.[1]);
    expect((await loadLatestCheckpoint(out)).step).toBe(step);
    expect(lossLines(out).at(-1)?.[0]).toBe(step);

    await resume(out, { steps: step + 2 });
    const whole = { ...(await readConfig(config)), out: join(tempFolder(), 'run'), steps: step + 2 };
    await train(whole);
    expect(timeless(out)).toEqual(timeless(whole.out));
    expect(modelOf(out).equals(modelOf(whole.out))).toBe(true);
  },
);

test('a second Ctrl-C ends at once', limit, async () => {
  // A step of thousands of shards, of which neither the end nor a checkpoint is waited for.
  const { out, config } = await endlessRun({ batch: 4096, shard: 1 });
  const child = startTrainer(['train', '--config', config]);
  const end = ended(child);
  const saved = (): boolean => existsSync(join(out, 'checkpoints/latest.json'));
  while (child.exitCode === null && !saved()) await sleep(5);
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  await saying(child, 'ends at once');
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 130, stdout: '' });
  expect(await checkpointSteps(out)).toEqual([0]);
});

/** Waits until a process has written this to stderr. */
async function saying(child: ChildProcess, words: string): Promise<void> {
  let text = '';
  for await (const [part] of on(child.stderr as Readable, 'data'))
    if ((text += String(part)).includes(words)) return;
}

/** A file with the settings of a run that does not end by itself, at whatever speed. */
async function endlessRun(changes: Partial<TrainConfig>): Promise<{ out: string; config: string }> {
  const options = await tinyRun({ steps: 100_000, schedule: 'constant', ...changes });
  const config = join(tempFolder(), 'config.json');
  writeFileSync(config, JSON.stringify(options));
  return { out: options.out, config };
}

/** Waits until the run has logged a step, and a moment. A process that ended before is an error. */
async function someSteps(child: ChildProcess, dir: string, step: number, moment: number): Promise<void> {
  while ((lossLines(dir).at(-1)?.[0] ?? 0) < step) {
    expect(child.exitCode).toBeNull();
    await sleep(5);
  }
  await sleep(moment);
}

/** Step and loss of the lines that were written to their end. */
function lossLines(dir: string): [step: number, loss: number][] {
  const file = join(dir, 'metrics.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  return lines
    .map((line) => JSON.parse(line) as { split: string; step: number; loss?: { pixel: number } })
    .filter(({ split }) => split === 'train')
    .map(({ step, loss }) => [step, loss?.pixel ?? Number.NaN]);
}
