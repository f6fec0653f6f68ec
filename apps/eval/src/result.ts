import { readFile } from 'node:fs/promises';
import { SparnetError, isSparnetError } from '@sparnet/core';
import type { ErrorMapState, Protocol } from '@sparnet/metrics';
import type { Identification } from '@sparnet/metrics/faces';
import { checkResult } from './check-result.ts';

/** The value of `format` in every result. */
export const resultFormat = 'sparnet-evaluation-1';

/** A number in JSON: equal pictures have a PSNR of `'Infinity'`; null says that nothing could be measured. */
export type Score = number | 'Infinity' | null;

/** What a reader of a metric's scores must know, as `metrics` of `@sparnet/metrics` says it. */
export interface MetricInfo {
  higherIsBetter: boolean;
  unit?: string;
  /** The least and the greatest possible value. */
  range: readonly [number, number | 'Infinity'];
  /** In words: what exactly was computed. */
  detail?: string;
}

/** A metric over all pictures in which it could be measured. */
export interface MetricSummary {
  /** Pictures in which it could be measured. */
  count: number;
  mean: Score;
  /** Standard deviation of the pictures' scores (of the sample, n - 1); null for fewer than two or an infinite one. */
  std: Score;
  median: Score;
  min: Score;
  max: Score;
  /** Bounds of the mean's 95 % confidence interval (percentile bootstrap); worth little for fewer than 5 pictures, of which older files have null. */
  ci95: [Score, Score] | null;
}

/** The scores of one picture, by the names of the metrics. */
export type ImageScores = { name: string } & Record<string, Score>;

/** A picture to look at. The four pictures are data URLs. */
export interface GalleryEntry {
  name: string;
  /** Where it stands among all pictures by `metric`. */
  place: 'best' | 'median' | 'worst';
  metric: string;
  score: Score;
  lr: string;
  /** The LR picture enlarged to the size of `hr` (LR-UP). */
  input: string;
  sr: string;
  hr: string;
}

/** What an evaluation was made from. */
export interface EvaluationInputs {
  /** `bicubic`, `input`, a model file, or the folder of pictures made elsewhere. */
  model: string;
  hr: string;
  lr?: string;
  /** The side that the HR pictures were brought to where they had another size. */
  size?: number;
  degrade?: string;
  seed?: number;
  limit?: number;
  engine?: string;
  /** What each output is the mean of, if not one alone. */
  ensemble?: string;
}

/** The result of an evaluation, as its JSON file holds it. */
export interface EvaluationResult {
  format: typeof resultFormat;
  /** The method's label. */
  name: string;
  protocol: Protocol;
  /** Pixels that PSNR and SSIM leave out at each side. */
  border: number;
  /**
   * What the HR pictures were reduced by, or how much larger they are than the LR pictures that were given. Left out
   * where there is no one whole number: a recipe degraded, the LR pictures vary, or nobody gave any for SR pictures.
   */
  scale?: number;
  /** Pictures measured: the length of `images`. */
  count: number;
  /** Of these, pictures whose HR was cropped and resized to `inputs.size`. */
  fitted: number;
  inputs: EvaluationInputs;
  /** Which part of the pictures was measured; `index` counts from 1. */
  shard?: { index: number; of: number };
  /** Pictures that could not be read. */
  skipped: { name: string; reason: string }[];
  metrics: Record<string, MetricInfo>;
  summary: Record<string, MetricSummary>;
  /** In the order of their names (by code units). */
  images: ImageScores[];
  gallery: GalleryEntry[];
  /** Where the pictures differ on average: states of `errorMap` of `@sparnet/metrics`. */
  errorMaps?: ErrorMapState[];
  /** Whether the SR pictures are recognised among all HR pictures: with `identity`, of all pictures in one pass. */
  identification?: Identification;
}

/**
 * Reads the JSON file of an evaluation and checks all of it.
 *
 * @throws SparnetError `missing-file` when it isn't there, `bad-file` for a folder, or naming the place of the first thing wrong.
 */
export async function readResult(file: string): Promise<EvaluationResult> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'EISDIR')
      throw new SparnetError(
        'bad-file',
        `${file}: is a folder; name the JSON file of eval evaluate (eval report draws folders with an ablation.json)`,
        { cause },
      );
    throw new SparnetError('missing-file', `${file}: ${(cause as Error).message}`, { cause });
  });
  try {
    return checkResult(JSON.parse(text));
  } catch (cause) {
    if (isSparnetError(cause)) throw new SparnetError(cause.code, `${file}: ${cause.message}`, { cause });
    throw new SparnetError('bad-file', `${file}: not JSON (${(cause as Error).message})`, { cause });
  }
}

/** The score that stands for a number in JSON. */
export function toScore(value: number | null): Score {
  if (value === null || Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : 'Infinity';
}

/** The number that a score stands for; NaN where nothing could be measured. */
export function toNumber(score: Score): number {
  if (score === null) return Number.NaN;
  return score === 'Infinity' ? Infinity : score;
}
