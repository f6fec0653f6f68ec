import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SparnetError, isSparnetError } from '@sparnet/core';
import { readRunLog, type RunLog } from '../training/run-log.ts';
import { lastPart } from './last-part.ts';

/** A validation, and what it took to get there. */
export interface CurvePoint {
  step: number;
  /** Photographs seen, repetitions counted. */
  images: number;
  hours: number;
  psnr: number;
  ssim: number;
  bicubic: { psnr: number; ssim: number };
}

/** How a model came about. */
export interface Training {
  /** Of each run, in their order: its settings as the trainer takes them, with names of files in the place of paths. */
  settings: Record<string, unknown>[];
  steps: number;
  images: number;
  /** At work, without pauses and validations. */
  hours: number;
  curve: CurvePoint[];
}

/**
 * Reads the folders of training runs that went on from one another.
 *
 * @throws SparnetError `missing-file` for a folder that holds no run, `bad-file` for a file in its place and for a damaged
 *   one.
 */
export async function readTraining(folders: readonly string[]): Promise<Training> {
  const training: Training = { settings: [], steps: 0, images: 0, hours: 0, curve: [] };
  for (const folder of folders) {
    const { settings, log } = await readRun(folder);
    training.settings.push(settings);
    addRun(training, log);
  }
  return training;
}

async function readRun(folder: string): Promise<{ settings: Record<string, unknown>; log: RunLog }> {
  const file = join(folder, 'config.json');
  try {
    const settings: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
      throw new SparnetError('bad-file', `${file}: expected an object with the settings of a training`);
    const log = await readRunLog(join(folder, 'metrics.jsonl'));
    return { settings: withoutFolders(settings), log };
  } catch (cause) {
    if (isSparnetError(cause)) throw cause;
    if (cause instanceof SyntaxError)
      throw new SparnetError('bad-file', `${file}: not JSON (${cause.message})`, { cause });
    throw unreadable(folder, cause as NodeJS.ErrnoException);
  }
}

function unreadable(folder: string, cause: NodeJS.ErrnoException): SparnetError {
  const wanted = 'name the folder that trainer train --out made';
  if (cause.code === 'ENOENT')
    return new SparnetError(
      'missing-file',
      `${folder}: no training run (config.json and metrics.jsonl); ${wanted}`,
      { cause },
    );
  if (cause.code === 'ENOTDIR')
    return new SparnetError('bad-file', `${folder}: is no folder; ${wanted}`, { cause });
  return new SparnetError('bad-file', `${folder}: can't be read as a training run (${cause.message})`, {
    cause,
  });
}

/** The settings of a training that are paths, or lists of them; `degrade` where it isn't the recipe itself. */
const pathSettings = new Set([
  'data',
  'boxes',
  'val',
  'valBoxes',
  'out',
  'init',
  'discriminatorInit',
  'initTraining',
  'teacher',
  'perceptualWeights',
  'degrade',
]);

function withoutFolders(settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, pathSettings.has(key) ? shortened(value) : value]),
  );
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortened);
  return typeof value === 'string' ? lastPart(value) : value;
}

/** Append a run to those before it. Of a validation between two lines of the log, images and hours lie between theirs. */
function addRun(training: Training, { steps, validations }: RunLog): void {
  const { steps: stepsBefore, images: imagesBefore } = training;
  const waiting = [...validations];
  let last = { step: 0, images: 0 };
  for (const line of steps) {
    const took = (line.images - last.images) / line.imagesPerSecond / 3600;
    addPoints(line.step - 1, (step) => {
      const part = (step - last.step) / (line.step - last.step);
      return { images: last.images + part * (line.images - last.images), hours: part * took };
    });
    training.hours += took;
    training.steps = stepsBefore + line.step;
    training.images = imagesBefore + line.images;
    last = line;
  }
  addPoints(Infinity, () => ({ images: last.images, hours: 0 }));

  /** The validations up to a step, each at what had been seen of this run, and hours after the last line. */
  function addPoints(upTo: number, at: (step: number) => { images: number; hours: number }): void {
    while (waiting[0] && waiting[0].step <= upTo) {
      const { step, psnr, ssim, bicubic } = waiting.shift() as (typeof waiting)[number];
      const { images, hours } = at(step);
      training.curve.push({
        step: stepsBefore + step,
        images: imagesBefore + Math.round(images),
        hours: training.hours + hours,
        psnr,
        ssim,
        bicubic,
      });
    }
  }
}
