// Times PSNR and SSIM: ours beside scikit-image's, turn by turn, each on one core.
import { SparnetError } from '@sparnet/core';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agreementPage } from './metrics-agreement.ts';
import { help, readOptions } from './metrics-options.ts';
import { enlargedPairs } from './metrics-pairs.ts';
import { startContender, type Contender } from './contender.ts';
import type { Scored } from './metrics-job.ts';
import { median } from './median.ts';
import { runProgram } from './run-program.ts';
import { textTable } from './text-table.ts';

const python = process.env['SPARNET_PYTHON'] ?? 'python3';
const imageSide = 128;
/** Sides take turns after so many pairs, so that what disturbs the machine disturbs both. */
const pairsATurn = 50;

/** Libraries for numbers that start threads of their own are told not to. */
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

async function startSides(file: string): Promise<Contender[]> {
  const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const ours = [...process.execArgv, program('metrics-ours.ts'), file, String(imageSide)];
  const sides = [await startContender(process.execPath, ours)];
  if (spawnSync(python, ['-c', 'import numpy, skimage'], { stdio: 'ignore' }).status === 0) {
    const theirs = [program('metrics_scikit_image.py'), file, String(imageSide)];
    sides.push(await startContender(python, theirs, oneThread));
  } else {
    process.stderr.write(
      `${python} lacks numpy or scikit-image: ours is timed alone (SPARNET_PYTHON names another)\n`,
    );
  }
  return sides;
}

/** Seconds that each side took for all pairs, a round each; the first turns are not timed. */
async function time(sides: readonly Contender[], pairs: number, rounds: number): Promise<number[][]> {
  for (const side of sides) await side.ask<Scored>({ first: 0, last: Math.min(pairs, pairsATurn) });
  const seconds: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const sums = sides.map(() => 0);
    for (let first = 0; first < pairs; first += pairsATurn) {
      process.stderr.write(`\rround ${round + 1} of ${rounds}: ${first} of ${pairs}   `);
      const scored: Scored[] = [];
      for (const side of sides)
        scored.push(await side.ask<Scored>({ first, last: Math.min(pairs, first + pairsATurn) }));
      checkSameScores(scored);
      scored.forEach((done, s) => (sums[s]! += done.seconds));
    }
    sums.forEach((sum, s) => seconds[s]!.push(sum));
  }
  process.stderr.write('\r\x1b[K');
  return seconds;
}

function checkSameScores([ours, theirs]: readonly Scored[]): void {
  if (!ours || !theirs) return;
  for (const metric of ['psnr', 'ssim'] as const) {
    ours[metric].forEach((score, i) => {
      if (Math.abs(score - theirs[metric][i]!) < 1e-9) return;
      throw new SparnetError('bad-state', `${metric} is ${score} by ours and ${theirs[metric][i]} by theirs`);
    });
  }
}

function tableOf(sides: readonly Contender[], seconds: readonly number[][], pairs: number): string {
  const head = ['', 'median s', 'min s', 'ms a pair', 'times as long'];
  const rows = sides.map(({ name }, s) => [
    name,
    median(seconds[s]!).toFixed(2),
    Math.min(...seconds[s]!).toFixed(2),
    ((1000 * median(seconds[s]!)) / pairs).toFixed(2),
    (median(seconds[s]!) / median(seconds[0]!)).toFixed(2),
  ]);
  return textTable([head, ...rows]);
}

async function timeSides({ pairs, rounds }: { pairs: number; rounds: number }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sparnet-bench-'));
  let sides: Contender[] = [];
  try {
    const file = join(folder, 'pairs');
    const images = enlargedPairs(pairs, imageSide).flat();
    await writeFile(file, Buffer.concat(images.map(({ data }) => new Uint8Array(data))));
    sides = await startSides(file);
    const seconds = await time(sides, pairs, rounds);
    process.stdout.write(
      `PSNR and SSIM of ${pairs} pairs, ${imageSide} x ${imageSide} RGB, on ${cpus()[0]?.model.trim()}\n\n${tableOf(sides, seconds, pairs)}\n`,
    );
  } finally {
    for (const side of sides) side.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) process.stdout.write(help);
  else if (options.agreement) process.stdout.write(await agreementPage(python));
  else await timeSides(options);
}

await runProgram(main);
