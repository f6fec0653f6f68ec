import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { presetNames } from '@sparnet/models';
import { modelSize, type ModelSize } from '../training/model-size.ts';
import { readRunLog, type Validation } from '../training/run-log.ts';

/** A network of an ablation. */
export interface AblationRun {
  preset: string;
  /** In the order of the steps; at least one. */
  validations: Validation[];
  /** Of the trained model; absent while it is not done. */
  size?: ModelSize;
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
    const { validations } = await readRunLog(log);
    if (validations.length === 0) continue;
    const model = join(folder, preset, 'model.safetensors');
    const size = existsSync(model) ? modelSize(await readFile(model), model) : undefined;
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
