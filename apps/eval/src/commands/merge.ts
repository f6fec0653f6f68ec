import { SparnetError } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { mergeResults } from '../merge-results.ts';
import { readResult } from '../result.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';
import { resultText } from '../run/result-text.ts';

const flags = { json: { takes: 'FILE', help: 'Write the whole result there.' } } as const;

const usage = `eval merge A.json B.json ... [--json FILE]

Puts the results of all shards of an evaluation together: the numbers of one
pass, to the last digit.`;

export const mergeCommand: Command = { flags, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, words: files } = await asUsage(() => read(argv));
  await checkOutputs({ inputs: files, files: { '--json': values.json } });
  const shards = [];
  for (const source of files) shards.push({ source, result: await readResult(source) });
  const result = mergeResults(shards);
  if (values.json !== undefined) await replaceFile(values.json, `${JSON.stringify(result, null, 1)}\n`);
  process.stdout.write(resultText(result));
  return 0;
}

function read(argv: readonly string[]) {
  const given = readFlags(argv, flags);
  if (given.words.length === 0) throw new SparnetError('bad-argument', 'expected the JSON files of shards');
  return given;
}
