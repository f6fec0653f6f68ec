import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { readRunLog, type RunLog } from '../training/run-log.ts';

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
 * @throws SparnetError `missing-file` for a folder that holds no run, `bad-file` for a damaged one.
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
    const log = await readRunLog(join(folder, 'metrics.jsonl'));
    return { settings: withoutFolders(settings) as Record<string, unknown>, log };
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new SparnetError('bad-file', `${file}: not JSON (${cause.message})`, { cause });
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new SparnetError(
      'missing-file',
      `${folder}: no training run (config.json and metrics.jsonl); name the folder that trainer train --out made`,
      { cause },
    );
  }
}

/** Whose folders photographs lay in concerns nobody. */
function withoutFolders(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('/') && !value.includes(' ') ? basename(value) : value;
  if (Array.isArray(value)) return value.map(withoutFolders);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutFolders(inner)]));
}

/** Append a run to those before it. */
function addRun(training: Training, { steps, validations }: RunLog): void {
  const before = { step: training.steps, images: training.images };
  let [seen, next] = [0, 0];
  for (const line of steps) {
    while (next < validations.length && (validations[next]?.step as number) < line.step) addPoint();
    training.hours += (line.images - seen) / line.imagesPerSecond / 3600;
    training.steps = before.step + line.step;
    training.images = before.images + line.images;
    seen = line.images;
  }
  while (next < validations.length) addPoint();

  function addPoint(): void {
    const { step, psnr, ssim, bicubic } = validations[next++] as (typeof validations)[number];
    const { images, hours } = training;
    training.curve.push({ step: before.step + step, images, hours, psnr, ssim, bicubic });
  }
}
