import { SparnetError } from '@sparnet/core';
import type { PresetName } from '@sparnet/degrade';
import type { Image } from '@sparnet/image';
import { writeImage } from '@sparnet/image/node';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { showProgress } from './degrade-progress.ts';

/** Whether a process can be kept on one core. */
export const canPin = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** What one and two workers of the command do. */
export interface WorkerFigures {
  /** Of one worker and of two. */
  imagesPerSecond: [number, number];
  gain: number;
}

/**
 * Times the command on files, with one worker (on one core, where that can be had) and with two. The time in which it starts is measured with a picture a
 * worker, and does not count.
 */
export async function timeWorkers(
  pictures: readonly Image[],
  options: { folder: string; presetName: PresetName; images: number; rounds: number },
): Promise<WorkerFigures> {
  const { folder, images, rounds } = options;
  const many = join(folder, 'many');
  const few = join(folder, 'few');
  await Promise.all([mkdir(many), mkdir(few)]);
  for (let i = 0; i < images; i++)
    await writeImage(join(many, `${i}.png`), pictures[i % pictures.length] as Image);
  for (let i = 0; i < 2; i++) await writeImage(join(few, `${i}.png`), pictures[i % pictures.length] as Image);
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const workers of [1, 2] as const) {
      showProgress(`round ${round + 1} of ${rounds}: ${workers} at work`);
      const start = await secondsOf(few, workers, options);
      rates[workers - 1]!.push((images - 2) / ((await secondsOf(many, workers, options)) - start));
    }
  }
  showProgress('');
  const imagesPerSecond = rates.map((of) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]) as [
    number,
    number,
  ];
  return { imagesPerSecond, gain: imagesPerSecond[1] / imagesPerSecond[0] };
}

async function secondsOf(
  photos: string,
  workers: number,
  { folder, presetName }: { folder: string; presetName: PresetName },
): Promise<number> {
  const out = join(folder, 'out');
  const program = fileURLToPath(new URL('main.ts', import.meta.resolve('@sparnet/degrade')));
  const args = [program, photos, '--out', out, '--preset', presetName, '--workers', String(workers)];
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    // Left alone, one worker reads and writes pictures on a second core while it degrades on the first.
    const pinned = workers === 1 && canPin ? ['taskset', '--cpu-list', '0'] : [];
    const [command, ...rest] = [...pinned, process.execPath, ...process.execArgv, ...args];
    const child = spawn(command as string, rest, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new SparnetError('worker-died', `degrade ended with code ${code}`)),
    );
  });
  const seconds = (performance.now() - start) / 1000;
  await rm(out, { recursive: true });
  return seconds;
}
