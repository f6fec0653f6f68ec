import { SparnetError, invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { compareResults } from '../compare-results.ts';
import { checkedOptions, type EvaluateOptions } from '../evaluate-options.ts';
import { evaluate } from '../evaluate.ts';
import type { NamedResult } from '../merge-results.ts';
import { readResult } from '../result.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { comparisonText } from '../run/comparison-text.ts';
import { measureFlags, measureOptions } from '../run/evaluate-flags.ts';
import { readFlags } from '../run/flags.ts';
import { watched } from '../run/watched.ts';

const flags = {
  hr: { takes: 'DIR|TAR', help: 'The photographs.' },
  sr: { takes: 'NAME=DIR...', many: true, help: 'The SR pictures of each method, with its name.' },
  from: { takes: 'FILE...', many: true, help: 'Results of eval evaluate, instead of or beside pictures.' },
  ...measureFlags,
  markdown: { help: 'Write tables for Markdown.' },
  json: { takes: 'FILE', help: 'Write the comparison there.' },
} as const;

const usage = `eval compare --hr DIR|TAR --sr NAME=DIR ... [options]
eval compare --from A.json B.json ... [options]

Compares methods picture by picture: means, paired differences with bootstrap
intervals, and a paired permutation test with Holm's correction.`;

export const compareCommand: Command = { flags, usage, long: true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { methods, from, json, markdown } = await asUsage(() => read(argv));
  await checkOutputs({
    inputs: [...from, ...methods.flatMap(({ hr, sr }) => [hr, sr])],
    files: { '--json': json },
  });
  const results: NamedResult[] = [];
  for (const source of from) results.push({ source, result: await readResult(source) });
  for (const options of methods) {
    process.stderr.write(`${options.name}:\n`);
    const result = await watched(signal, (control) => evaluate(options, control));
    if (!result) return 130;
    results.push({ source: options.sr, result });
  }
  const comparison = compareResults(results);
  if (json !== undefined) await replaceFile(json, `${JSON.stringify(comparison, null, 1)}\n`);
  process.stdout.write(comparisonText(comparison, { markdown }));
  return 0;
}

type Method = EvaluateOptions & { name: string; sr: string };

function read(argv: readonly string[]): {
  methods: Method[];
  from: string[];
  json: string | undefined;
  markdown: boolean;
} {
  const { values, words } = readFlags(argv, flags);
  if (words.length > 0) throw invalid('a flag', '--sr or --from', words[0]);
  const { hr, sr = [], from = [], json, markdown = false } = values;
  if (sr.length > 0 && hr === undefined)
    throw new SparnetError('bad-argument', '--sr needs the photographs: --hr DIR');
  if (hr !== undefined && sr.length === 0)
    throw new SparnetError('bad-argument', 'expected pictures to compare with --hr: --sr NAME=DIR ...');
  if (sr.length + from.length < 2)
    throw new SparnetError(
      'bad-argument',
      'expected at least two methods: --sr NAME=DIR ... or --from A.json B.json',
    );
  const shared = measureOptions(values);
  const methods = sr.map((word) => ({ ...shared, ...readMethod(word), hr: hr as string }));
  for (const options of methods) checkedOptions(options);
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid('--sr', 'a name of its own for each method', twice);
  return { methods, from, json, markdown };
}

function readMethod(word: string): { name: string; sr: string } {
  const [, name, sr] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  if (name === undefined || sr === undefined) throw invalid('--sr', 'NAME=DIR', word);
  return { name, sr };
}
