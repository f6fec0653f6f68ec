import type { Command } from '../command.ts';
import { SparnetError, invalid } from '@sparnet/core';
import { presetNames, type PresetName } from '@sparnet/models';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trainOptions, type TrainConfig } from '../options.ts';
import { makeFolder, replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import { checkIdleFlags } from '../check-idle-flags.ts';
import { withRecipe } from '../recipe-of.ts';
import { readConfig, writeConfig } from '../run/config-file.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { runPaths } from '../run/run-paths.ts';
import { resume, train, type TrainControl, type TrainResult } from '../train.ts';
import { withWholePaths } from '../whole-paths.ts';
import { say } from './report.ts';

const { preset: _, ...shared } = trainOptions;
const table = {
  presets: { type: 'strings', help: 'The networks to train, such as baseline,cbam,sparnet-v16.' },
  ...shared,
} as const;

const usage = `trainer ablation --presets A,B,... --data PATH... --val PATH... --out DIR
                 (--steps N | --epochs N | --minutes N) [options]

Trains each preset on the same data with the same seed and budget, in
DIR/PRESET, and writes DIR/ablation.json with their validations. A second call
with the same options goes on where the first one was stopped; DIR/options.json
keeps them.`;

export const ablationCommand: Command = { table, usage, long: () => true, run };

type Options = Partial<Omit<TrainConfig, 'preset' | 'out'>>;

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { names, out, options } = await asUsage(() => read(argv));
  await asUsage(() => checkSame(out, options));
  await keepOptions(out, options);
  const results: Record<string, TrainResult> = {};
  for (const preset of names) {
    say(`--- ${preset}`);
    const result = await trainOrResume(join(out, preset), { ...options, preset }, { signal, say });
    if (result.end === 'interrupted') return 130;
    results[preset] = result;
    await replaceFile(join(out, 'ablation.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
  process.stdout.write(tableOf(results));
  return 0;
}

async function read(
  argv: readonly string[],
): Promise<{ names: PresetName[]; out: string; options: Options }> {
  const { presets = [], out, ...options } = parseFlags(argv, table).options;
  const names = presets.flatMap((word) => word.split(',')).filter((word) => word !== '');
  if (!out) throw invalid('out', 'a folder for the runs (--out)', out);
  if (!options.val?.length) throw invalid('val', 'photographs to compare on (--val)', options.val);
  const unknown = names.find((name) => !presetNames.includes(name as PresetName));
  if (names.length === 0 || unknown)
    throw invalid('presets', `names from: ${presetNames.join(', ')}`, unknown ?? names);
  checkIdleFlags(options, options, names as PresetName[]);
  return { names: names as PresetName[], out, options: withWholePaths(await withRecipe(options)) };
}

const optionsFile = (out: string): string => join(out, 'options.json');

/** @throws SparnetError `bad-config` when runs are there that were begun with options of another result. */
async function checkSame(out: string, options: Options): Promise<void> {
  if (!presetNames.some((name) => existsSync(runPaths(join(out, name)).config))) return;
  const begun = resultOptions(await readConfig(optionsFile(out)));
  const asked = resultOptions(options);
  for (const key of new Set([...Object.keys(begun), ...Object.keys(asked)])) {
    const [before, now] = [begun[key], asked[key]].map((value) => JSON.stringify(value));
    if (before === now) continue;
    const said = [before, now].map((value) => (value === undefined ? `no ${key}` : `${key} ${value}`));
    throw new SparnetError(
      'bad-config',
      `the runs in ${out} were begun with ${said[0]}, not ${said[1]}; choose another --out`,
    );
  }
}

/** Without what may be another one in a second call. */
function resultOptions(options: Record<string, unknown>): Record<string, unknown> {
  const { engine: _engine, workers: _workers, loaders: _loaders, ...others } = options;
  return others;
}

async function keepOptions(out: string, options: Options): Promise<void> {
  const file = optionsFile(out);
  await makeFolder(out);
  await writeConfig(file, options);
}

/** Runs that are there go on with the engine that they were begun with, unless another one is named. */
async function trainOrResume(
  dir: string,
  options: Options & { preset: PresetName },
  control: TrainControl,
): Promise<TrainResult> {
  if (!existsSync(runPaths(dir).config)) return train({ ...options, out: dir }, control);
  const { engine, workers } = options;
  const named = engine !== undefined && engine !== 'auto';
  return resume(dir, { ...(named && { engine }), ...(workers && { workers }) }, control);
}

function tableOf(results: Record<string, TrainResult>): string {
  const rows = Object.entries(results).map(([preset, { steps, quality }]) => {
    const { psnr, ssim } = quality ?? { psnr: Number.NaN, ssim: Number.NaN };
    return `${preset.padEnd(20)} ${String(steps).padStart(8)} ${psnr.toFixed(3).padStart(8)} ${ssim.toFixed(4)}`;
  });
  return ['preset                  steps     PSNR SSIM', ...rows, ''].join('\n');
}
