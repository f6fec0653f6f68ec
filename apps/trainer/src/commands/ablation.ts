import { SparnetError, invalid } from '@sparnet/core';
import { presetNames, type PresetName } from '@sparnet/models';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trainOptions, type TrainConfig } from '../options.ts';
import { writeAtomic } from '../run/atomic-file.ts';
import { readConfig } from '../run/config-file.ts';
import { helpText } from '../run/help-text.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { runPaths } from '../run/run-paths.ts';
import { resume, train, type TrainResult } from '../train.ts';
import { withWholePaths } from '../whole-paths.ts';
import { say } from './report.ts';

const { preset: _, ...shared } = trainOptions;
const table = {
  presets: { type: 'strings', help: 'The networks to train, such as baseline,cbam,sparnet-v16.' },
  ...shared,
} as const;

const usage = `trainer ablation --presets A,B,... --data PATH... --val PATH... --out DIR
                 (--steps N | --epochs N) [options]

Trains each preset on the same data with the same seed and budget, in
DIR/PRESET, and writes DIR/ablation.json with their validations. A second call
goes on where the first one was stopped.`;

export async function ablationCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpText(table, { usage }));
    return 0;
  }
  const { options } = parseFlags(argv, table);
  const { presets = [], out, ...rest } = options;
  const names = presets.flatMap((word) => word.split(',')).filter((word) => word !== '');
  if (!out) throw invalid('out', 'a folder for the runs (--out)', out);
  if (!rest.val?.length) throw invalid('val', 'photographs to compare on (--val)', rest.val);
  const unknown = names.find((name) => !presetNames.includes(name as PresetName));
  if (names.length === 0 || unknown)
    throw invalid('presets', `names from: ${presetNames.join(', ')}`, unknown ?? names);

  const results: Record<string, TrainResult> = {};
  for (const preset of names as PresetName[]) {
    say(`--- ${preset}`);
    const dir = join(out, preset);
    const result = await trainOrResume(dir, { ...rest, preset }, signal);
    if (result.end === 'interrupted') return 130;
    results[preset] = result;
    await writeAtomic(join(out, 'ablation.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
  process.stdout.write(tableOf(results));
  return 0;
}

async function trainOrResume(
  dir: string,
  options: Partial<TrainConfig>,
  signal: AbortSignal,
): Promise<TrainResult> {
  const control = { signal, say };
  const { config } = runPaths(dir);
  if (!existsSync(config)) return train({ ...options, out: dir }, control);
  const { steps, engine, workers, ...fixed } = withWholePaths(options);
  const begun = await readConfig(config);
  for (const [key, value] of Object.entries(fixed)) {
    const [before, now] = [begun[key], value].map((setting) => JSON.stringify(setting));
    if (before !== now)
      throw new SparnetError(
        'bad-config',
        `${dir} was begun with ${key} ${before}, not ${now}; choose another --out`,
      );
  }
  const changes = { ...(steps && { steps }), ...(engine && { engine }), ...(workers && { workers }) };
  return resume(dir, changes, control);
}

function tableOf(results: Record<string, TrainResult>): string {
  const rows = Object.entries(results).map(([preset, { steps, quality }]) => {
    const { psnr, ssim } = quality ?? { psnr: Number.NaN, ssim: Number.NaN };
    return `${preset.padEnd(20)} ${String(steps).padStart(8)} ${psnr.toFixed(3).padStart(8)} ${ssim.toFixed(4)}`;
  });
  return ['preset                  steps     PSNR SSIM', ...rows, ''].join('\n');
}
