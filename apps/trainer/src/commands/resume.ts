import type { Command } from '../command.ts';
import { invalid } from '@sparnet/core';
import { asUsage } from 'command-line';
import { trainOptions } from '../options.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { resume } from '../train.ts';
import { exitCodeOf, report, say } from './report.ts';

const { steps, minutes, horizon, engine, workers } = trainOptions;
const table = {
  steps: { ...steps, help: 'Train up to this step instead, however long it takes.' },
  minutes: {
    ...minutes,
    help: 'Train for this long, all processes together, instead; never beyond the steps.',
  },
  horizon: { ...horizon, help: 'Let a linear or cosine schedule end at this step instead.' },
  engine: { ...engine, default: undefined, help: 'Compute with this engine instead.' },
  workers,
} as const;

const usage = `trainer resume DIR [options]

Goes on with the run in DIR from its newest whole checkpoint, exactly as if it
had never stopped. A linear or cosine schedule still ends where it was planned
to, also with more --steps, unless --horizon says otherwise. The run's
config.json keeps what is changed here.`;

export const resumeCommand: Command = { table, usage, long: () => true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { dir, options } = await asUsage(() => read(argv));
  const result = await resume(dir, options, { signal, say });
  report(result);
  return exitCodeOf(result);
}

function read(argv: readonly string[]) {
  const { options, positionals } = parseFlags(argv, table);
  const [dir, ...more] = positionals;
  if (!dir || more.length > 0) throw invalid('DIR', 'one run folder', positionals);
  return { dir, options };
}
