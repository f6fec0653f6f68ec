// Times the degradation of photographs: ours beside OpenCV's, picture by picture, each on one core.
import { SparnetError } from '@sparnet/core';
import { presets, sample, type PresetName, type Step } from '@sparnet/degrade';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { help, readOptions } from './degrade-options.ts';
import { showProgress } from './degrade-progress.ts';
import { readPictures, side as pictureSide } from './degrade-pictures.ts';
import { startContender, type Contender } from './contender.ts';
import type { Done, Job } from './degrade-job.ts';
import { canPin, timeWorkers, type WorkerFigures } from './degrade-workers.ts';
import { median } from './median.ts';
import { runProgram } from './run-program.ts';
import { textTable } from './text-table.ts';

const python = process.env['SPARNET_PYTHON'] ?? 'python3';

/** What was timed on every side, ours first; `missing` sides have no such step. */
interface Line {
  name: string;
  milliseconds: (number | undefined)[];
}

/** The primitives at the preset's values, the largest where the time depends on them. */
const primitives: Readonly<Record<string, Step>> = {
  'gaussian, sigma 3': { op: 'gaussian', sigma: 3 },
  'gaussian, sigma 9': { op: 'gaussian', sigma: 9 },
  'gaussian, sigma 15': { op: 'gaussian', sigma: 15 },
  'average 3': { op: 'average', size: 3 },
  'average 9': { op: 'average', size: 9 },
  'average 15': { op: 'average', size: 15 },
  'median 3': { op: 'median', size: 3 },
  'median 5': { op: 'median', size: 5 },
  'median 9': { op: 'median', size: 9 },
  'median 15': { op: 'median', size: 15 },
  'motion 5': { op: 'motion', size: 5, angle: 30, direction: 0.3 },
  'motion 15': { op: 'motion', size: 15, angle: 30, direction: 0.3 },
  'motion 25': { op: 'motion', size: 25, angle: 30, direction: 0.3 },
  'generalised Gaussian 21': { op: 'generalised-gaussian', size: 21, sigma: 3, sigmaY: 1, angle: 30 },
  'generalised Gaussian 41': { op: 'generalised-gaussian', size: 41, sigma: 6, sigmaY: 2, angle: 30 },
  'sinc 21': { op: 'sinc', size: 21, cutoff: 2 },
  'resize to 64': { op: 'resize', size: 64 },
  'resize to 128': { op: 'resize', size: 128 },
  'resize to 1024': { op: 'resize', size: 1024 },
  noise: { op: 'noise', sigma: 12, seed: 1 },
  'JPEG, quality 30': { op: 'jpeg', quality: 30 },
};

async function startSides(file: string): Promise<Contender[]> {
  const ours = fileURLToPath(new URL('degrade-ours.ts', import.meta.url));
  const theirs = fileURLToPath(new URL('degrade_opencv.py', import.meta.url));
  const sides = [await startContender(process.execPath, [...process.execArgv, ours, file])];
  if (spawnSync(python, ['-c', 'import cv2, numpy, PIL'], { stdio: 'ignore' }).status !== 0) {
    process.stderr.write(
      `${python} lacks cv2, numpy or PIL: ours is timed alone (SPARNET_PYTHON names another)\n`,
    );
    return sides;
  }
  for (const resizer of ['pillow', 'opencv'])
    sides.push(await startContender(python, [theirs, file, String(pictureSide), resizer]));
  return sides;
}

/** Every side does every job in turn, `rounds` times; the median of its times counts. */
async function time(
  sides: readonly Contender[],
  jobs: readonly Job[],
  rounds: number,
): Promise<(Done | undefined)[][]> {
  const times = jobs.map(() => sides.map((): Done[] => []));
  for (let round = 0; round < rounds; round++) {
    for (const [i, job] of jobs.entries()) {
      showProgress(`round ${round + 1} of ${rounds}: ${i + 1} of ${jobs.length}`);
      for (const [s, side] of sides.entries()) {
        const done = await side.ask<Done | null>(job);
        if (done) times[i]![s]!.push(done);
      }
    }
  }
  showProgress('');
  return times.map((ofJob) =>
    ofJob.map((done) => done[0] && { ...done[0], seconds: median(done.map(({ seconds }) => seconds)) }),
  );
}

async function timePreset(
  sides: readonly Contender[],
  {
    presetName,
    pictures,
    images,
    rounds,
  }: { presetName: PresetName; pictures: number; images: number; rounds: number },
): Promise<Line> {
  const job = (seed: number, index: number): Job => ({
    picture: index % pictures,
    preset: presetName,
    parameters: sample(presets[presetName], seed, index),
  });
  await time(
    sides,
    Array.from({ length: 40 }, (_, index) => job(2, index)),
    1,
  );
  const done = await time(
    sides,
    Array.from({ length: images }, (_, index) => job(1, index)),
    rounds,
  );
  checkSameWork(done);
  return {
    name: `a whole ${presetName}`,
    milliseconds: sides.map((_, s) => (1000 * sum(done.map((ofJob) => ofJob[s]!.seconds))) / images),
  };
}

/** The noise of the sides differs, and so do their roundings; but what they make must look the same. */
function checkSameWork(done: readonly (Done | undefined)[][]): void {
  for (const [i, [ours, ...others]] of done.entries()) {
    for (const theirs of others) {
      if (!ours || !theirs) continue;
      const off = Math.max(Math.abs(ours.mean - theirs.mean), Math.abs(ours.deviation - theirs.deviation));
      if (off < 6) continue;
      throw new SparnetError(
        'bad-state',
        `job ${i}: OpenCV made ${JSON.stringify(theirs)}, we ${JSON.stringify(ours)}`,
      );
    }
  }
}

async function timePrimitives(
  sides: readonly Contender[],
  pictures: number,
  rounds: number,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [name, step] of Object.entries(primitives)) {
    const jobs = Array.from({ length: Math.min(pictures, 4) }, (_, picture) => ({ picture, step }));
    await time(sides, jobs, 2);
    const done = await time(sides, jobs, rounds);
    checkSameWork(done);
    const milliseconds = sides.map((_, s) => {
      const seconds = done.flatMap((ofJob) => ofJob[s]?.seconds ?? []);
      return seconds.length > 0 ? 1000 * median(seconds) : undefined;
    });
    lines.push({ name, milliseconds });
  }
  return lines;
}

function tableOf(sides: readonly Contender[], lines: readonly Line[]): string {
  const head = [
    'ms an image',
    'ours',
    ...sides.slice(1).flatMap((_, i) => [`OpenCV ${i + 1}`, 'times as fast']),
  ];
  const rows = lines.map(({ name, milliseconds: [ours, ...others] }) => [
    name,
    ours!.toFixed(2),
    ...others.flatMap((theirs) => (theirs ? [theirs.toFixed(2), (theirs / ours!).toFixed(2)] : ['-', '-'])),
  ]);
  const legend = sides.slice(1).map((side, i) => `OpenCV ${i + 1} is ${side.name}.\n`);
  return `${textTable([head, ...rows])}\n\n${legend.join('')}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    process.stdout.write(help);
    return;
  }
  const { presetName, images, rounds, parts } = options;
  const pictures = await readPictures(options.photos);
  const folder = await mkdtemp(join(tmpdir(), 'sparnet-bench-'));
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, node: process.version };
  const lines: Line[] = [];
  let sides: Contender[] = [];
  let workers: WorkerFigures | undefined;
  process.stdout.write(
    `${pictureSide} x ${pictureSide} RGB on ${machine.processor}, ${machine.cores} cores\n\n`,
  );
  try {
    const file = join(folder, 'pictures');
    await writeFile(file, Buffer.concat(pictures.map(({ data }) => Buffer.from(data))));
    sides = await startSides(file);
    if (parts.includes('preset'))
      lines.push(await timePreset(sides, { presetName, pictures: pictures.length, images, rounds }));
    if (parts.includes('primitives')) lines.push(...(await timePrimitives(sides, pictures.length, rounds)));
    if (lines.length > 0) process.stdout.write(`${tableOf(sides, lines)}\n`);
    if (parts.includes('workers')) {
      workers = await timeWorkers(pictures, { folder, presetName, images, rounds });
      process.stdout.write(
        `the command, files in and out: ${workers.imagesPerSecond.map((rate) => rate.toFixed(1)).join(' and ')} images/s ` +
          `with 1 worker${canPin ? ' on one core' : ''} and with 2: ${workers.gain.toFixed(2)} times as many\n`,
      );
    }
  } finally {
    for (const side of sides) side.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (options.json) {
    const names = sides.map(({ name }) => name);
    const figures = { preset: presetName, images, rounds, machine, sides: names, lines, workers };
    await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
}

await runProgram(main);
