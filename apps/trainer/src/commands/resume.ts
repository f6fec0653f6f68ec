import { invalid } from '@sparnet/core';
import { trainOptions } from '../options.ts';
import { helpText } from '../run/help-text.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { resume } from '../train.ts';
import { exitCodeOf, report, say } from './report.ts';

const { steps, minutes, engine, workers } = trainOptions;
const table = {
  steps: { ...steps, help: 'Train up to this step instead, however long it takes.' },
  minutes: {
    ...minutes,
    help: 'Train for this long, all processes together, instead; never beyond the steps.',
  },
  engine: { ...engine, default: undefined, help: 'Compute with this engine instead.' },
  workers,
} as const;

const usage = `trainer resume DIR [options]

Goes on with the run in DIR from its newest whole checkpoint, exactly as if it
had never stopped. The schedule's end stays as it was planned unless --steps
says otherwise. The run's config.json keeps what is changed here.`;

export async function resumeCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpText(table, { usage }));
    return 0;
  }
  const { options, positionals } = parseFlags(argv, table);
  const [dir, ...more] = positionals;
  if (!dir || more.length > 0) throw invalid('DIR', 'one run folder', positionals);
  const result = await resume(dir, options, { signal, say });
  report(result);
  return exitCodeOf(result);
}
