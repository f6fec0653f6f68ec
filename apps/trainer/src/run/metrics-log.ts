import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { replaceFile, writeError } from '@sparnet/core/node';

/** What a training step gave. */
export interface TrainLine {
  split: 'train';
  step: number;
  epoch: number;
  /** Images seen since the run began. */
  images: number;
  /** Weighted term to value, such as `{ pixel: 0.01 }`; with discriminators also their own loss. */
  loss: Record<string, number>;
  /** With discriminators: their mean scores, and the deviation of outputs over that of targets. */
  game?: Record<'real' | 'fake' | 'contrast', number>;
  lr: number;
  discriminatorLr?: number;
  imagesPerSecond: number;
}

/** PSNR in dB and SSIM, means over images. */
export interface Quality {
  psnr: number;
  ssim: number;
}

/** What a validation gave, and bicubic on the same images. */
interface ValLine extends Quality {
  split: 'val';
  step: number;
  /** The protocol of measuring, such as `sparnet`. */
  protocol: string;
  bicubic: Quality;
}

/** Something that a person should know. */
interface WarningLine {
  split: 'warning';
  step: number;
  message: string;
}

/** A line of `metrics.jsonl`. */
export type MetricsLine = TrainLine | ValLine | WarningLine;

/**
 * Appends a line to a `metrics.jsonl` in one write. Numbers that are not finite become null.
 *
 * @throws SparnetError `bad-file` when it cannot be written.
 */
export function appendMetrics(file: string, line: MetricsLine): void {
  try {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  } catch (error) {
    throw writeError(file, error);
  }
}

/**
 * Cuts a `metrics.jsonl` back to a checkpoint's step before a run goes on from there: later lines and torn ones are
 * removed. Does nothing when there is no file.
 *
 * @param options - `validated`: false when the validation of the step itself was put off, so that its line, if it came
 *   to that, is removed too.
 * @returns How many lines were removed.
 * @throws SparnetError `bad-file` when it cannot be written.
 */
export async function cutBack(
  file: string,
  step: number,
  { validated = true }: { validated?: boolean } = {},
): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n');
  // What follows the last line break is empty or torn.
  const torn = lines.pop() === '' ? 0 : 1;
  const kept = lines.filter((line) => {
    const { split, step: at } = headOf(line);
    return at < step || (at === step && (validated || split !== 'val'));
  });
  const removed = lines.length - kept.length + torn;
  if (removed > 0) await replaceFile(file, kept.map((line) => `${line}\n`).join(''));
  return removed;
}

/** What a line is of; a broken one is of no step that ever was. */
function headOf(line: string): { split?: unknown; step: number } {
  try {
    const { split, step } = JSON.parse(line) as { split?: unknown; step?: unknown };
    return { split, step: typeof step === 'number' ? step : Infinity };
  } catch {
    return { step: Infinity };
  }
}
