import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { presetNames, resolveConfig, summary, type SparnetConfigInput } from '@sparnet/models';
import { parseSafetensors } from '@sparnet/weights';

/** A validation of a training run. PSNR in dB. */
export interface Validation {
  step: number;
  psnr: number;
  ssim: number;
  bicubic: { psnr: number; ssim: number };
}

/** A network of an ablation. */
export interface AblationRun {
  preset: string;
  /** In the order of the steps; at least one. */
  validations: Validation[];
  /** Of the trained model; absent while it is not done. */
  size?: { parameters: number; multiplyAdds: number };
}

/** Several networks trained alike. */
export interface Ablation {
  name: string;
  /** In the order of the paper: without attention, other attentions, by attended blocks (V), by bottleneck (S). */
  runs: AblationRun[];
}

/** The file with which `trainer ablation` says what its networks came to. */
const summaryName = 'ablation.json';

/**
 * True for what {@link readAblation} reads: a folder, or the `ablation.json` in one.
 *
 * @param path - Of a file or a folder.
 */
export function isAblation(path: string): boolean {
  return basename(path) === summaryName || existsSync(join(path, summaryName));
}

/**
 * The folder of what {@link isAblation} is true for.
 *
 * @param path - The folder, or its `ablation.json`.
 */
export function ablationFolder(path: string): string {
  return basename(path) === summaryName ? dirname(path) : path;
}

/**
 * Reads what `trainer ablation` left in a folder: the validations of each network and, where it is done, its size.
 *
 * @param path - The folder, or its `ablation.json`.
 * @throws SparnetError `no-data` when no network there was validated, `bad-file` when a log or a model is damaged.
 */
export async function readAblation(path: string): Promise<Ablation> {
  const folder = ablationFolder(path);
  const runs: AblationRun[] = [];
  for (const preset of inPaperOrder(presetNames)) {
    const log = join(folder, preset, 'metrics.jsonl');
    if (!existsSync(log)) continue;
    const validations = validationsIn(await readFile(log, 'utf8'), log);
    if (validations.length === 0) continue;
    const size = await sizeOf(join(folder, preset, 'model.safetensors'));
    runs.push({ preset, validations, ...(size && { size }) });
  }
  if (runs.length === 0)
    throw new SparnetError(
      'no-data',
      `${folder}: no network with validations there; trainer ablation --val PATH makes them`,
    );
  return { name: basename(resolve(folder)), runs };
}

function inPaperOrder(names: readonly string[]): string[] {
  const place = (name: string): number => {
    const [, letter, digits] = /^sparnet-([vs])(\d+)$/.exec(name) ?? [];
    if (letter !== undefined) return (letter === 'v' ? 100 : 200) + Number(digits);
    const first = ['baseline', 'channel-attention', 'cbam'].indexOf(name);
    return first < 0 ? 300 : first;
  };
  return names.toSorted((a, b) => place(a) - place(b));
}

function validationsIn(text: string, file: string): Validation[] {
  // What follows the last line break is empty, or torn by a crash.
  const lines = text.split('\n').slice(0, -1);
  return lines.flatMap((line, index) => {
    const value = parsed(line);
    const { split } = value;
    if (split === 'train' || split === 'warning') return [];
    if (split === 'val' && isValidation(value)) return [value];
    throw new SparnetError(
      'bad-file',
      `${file}, line ${index + 1}: neither a training step nor a validation`,
    );
  });
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isValidation(value: Record<string, unknown>): value is Record<string, unknown> & Validation {
  const { step, bicubic } = value;
  return isFinite(step) && isQuality(value) && isQuality(bicubic);
}

function isQuality(value: unknown): value is { psnr: number; ssim: number } {
  const { psnr, ssim } = (value ?? {}) as Record<string, unknown>;
  return isFinite(psnr) && isFinite(ssim);
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

async function sizeOf(model: string): Promise<AblationRun['size']> {
  if (!existsSync(model)) return undefined;
  const { metadata } = parseSafetensors(await readFile(model), { name: model });
  const config = metadata['sparnet.config'];
  if (config === undefined)
    throw new SparnetError('bad-file', `${model}: holds no configuration of a network`);
  const { parameters, multiplyAdds } = summary(resolveConfig(JSON.parse(config) as SparnetConfigInput));
  return { parameters, multiplyAdds };
}
