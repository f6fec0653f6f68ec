import { SparnetError, invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { ablationFolder, isAblation, readAblation, type Ablation } from '../report/read-ablation.ts';
import { reportPage } from '../report/report-page.ts';
import { readResult, type EvaluationResult } from '../result.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';

const flags = {
  from: {
    takes: 'FILE|DIR ...',
    many: true,
    help: 'Results of eval evaluate; folders of trainer ablation. Improvements are over the first result.',
  },
  out: { takes: 'FILE', help: 'The page to write.' },
  title: { takes: 'TEXT', help: 'Its heading; default: what it compares.' },
  date: {
    takes: 'TEXT',
    help: 'Put below the heading; a page without one says nothing of when it was made.',
  },
} as const;

const usage = `eval report --from FILE|DIR ... --out FILE.html [--title TEXT] [--date TEXT]

Draws results as one HTML page that needs no network: scores, distributions,
improvements, error maps, pictures to compare; of an ablation the networks and
how they learned.`;

export const reportCommand: Command = { flags, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { from, out, title, date } = await asUsage(() => read(argv));
  await checkOutputs({
    inputs: from.flatMap((path) => (isAblation(path) ? [path, ablationFolder(path)] : [path])),
    files: { '--out': out },
  });
  const results: EvaluationResult[] = [];
  const ablations: Ablation[] = [];
  for (const path of from) {
    if (isAblation(path)) ablations.push(await readAblation(path));
    else results.push(await readResult(path));
  }
  const page = await reportPage({
    title: title ?? defaultTitle(results, ablations),
    ...(date !== undefined && { date }),
    results,
    ablations,
  });
  await replaceFile(out, page);
  process.stdout.write(`${out}\n`);
  return 0;
}

function read(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--from and a file', words[0]);
  const { from = [], out, title, date } = values;
  if (from.length === 0)
    throw new SparnetError(
      'bad-argument',
      'expected results to draw: --from FILE, as eval evaluate --json writes it',
    );
  if (out === undefined) throw new SparnetError('bad-argument', 'expected a page to write: --out FILE.html');
  return { from, out, title, date };
}

function defaultTitle(results: readonly EvaluationResult[], ablations: readonly Ablation[]): string {
  const names = [...results.map(({ name }) => name), ...ablations.map(({ name }) => `ablation ${name}`)];
  return `Face super-resolution: ${names.join(', ')}`;
}
