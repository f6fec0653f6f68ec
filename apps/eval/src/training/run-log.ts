import { readFile } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';

/** A validation of a training run. PSNR in dB. */
export interface Validation {
  step: number;
  psnr: number;
  ssim: number;
  bicubic: { psnr: number; ssim: number };
}

/** Steps of a training run since the line before. */
export interface TrainedSteps {
  /** The last of them. */
  step: number;
  /** Photographs seen since the run began. */
  images: number;
  imagesPerSecond: number;
}

/** The `metrics.jsonl` of a training run, in its order. */
export interface RunLog {
  validations: Validation[];
  steps: TrainedSteps[];
}

type Line = Record<string, unknown>;

/**
 * Reads the log of a training run. A last line that a crash has torn is left out.
 *
 * @throws SparnetError `bad-file` that names the first line that is none of such a log.
 */
export async function readRunLog(file: string): Promise<RunLog> {
  // What follows the last line break is empty, or torn by a crash.
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const log: RunLog = { validations: [], steps: [] };
  for (const [index, text] of lines.entries()) {
    const line = parsed(text);
    if (line['split'] === 'val' && isValidation(line)) log.validations.push(line);
    else if (line['split'] === 'train') {
      if (isTrainedSteps(line)) log.steps.push(line);
    } else if (line['split'] !== 'warning') {
      throw new SparnetError(
        'bad-file',
        `${file}, line ${index + 1}: neither a training step nor a validation`,
      );
    }
  }
  return log;
}

function parsed(text: string): Line {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Line) : {};
  } catch {
    return {};
  }
}

function isValidation(line: Line): line is Line & Validation {
  return isFinite(line['step']) && isQuality(line) && isQuality(line['bicubic']);
}

function isTrainedSteps(line: Line): line is Line & TrainedSteps {
  return isFinite(line['step']) && isFinite(line['images']) && isFinite(line['imagesPerSecond']);
}

function isQuality(value: unknown): boolean {
  const { psnr, ssim } = (value ?? {}) as Line;
  return isFinite(psnr) && isFinite(ssim);
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
