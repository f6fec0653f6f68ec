import { trainOptions, type TrainConfig } from '../options.ts';
import { readConfig } from '../run/config-file.ts';
import { helpText } from '../run/help-text.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { invalid } from '@sparnet/core';
import { train } from '../train.ts';
import { exitCodeOf, report, say } from './report.ts';

const table = {
  config: {
    type: 'string',
    help: 'Take options from this file, such as the config.json of a run; flags win.',
  },
  ...trainOptions,
} as const;

const usage = `trainer train --data PATH... --out DIR (--steps N | --epochs N | --minutes N)
              [--val PATH...] [options]

Trains a network and leaves DIR/model.safetensors. Ctrl-C saves a checkpoint;
trainer resume DIR goes on. CelebA's aligned photographs of 178x218 pixels are
cropped around the face; others by --boxes, or to the centred square.`;

export async function trainCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpText(table, { usage }));
    return 0;
  }
  const { options, positionals } = parseFlags(argv, table);
  if (positionals.length > 0) throw invalid('a flag', '--data and a path', positionals[0]);
  const { config, ...flags } = options;
  const file: Partial<TrainConfig> = config ? await readConfig(config) : {};
  // The file of a run holds the steps that its epochs or minutes came to.
  const budget = (['steps', 'epochs', 'minutes'] as const).filter((key) => flags[key] !== undefined);
  if (flags.steps !== undefined && flags.epochs !== undefined)
    throw invalid('how long to train', 'either --steps or --epochs', 'both');
  if (budget.length > 0) for (const key of ['steps', 'epochs', 'minutes'] as const) delete file[key];
  const result = await train({ ...file, ...flags }, { signal, say });
  report(result);
  return exitCodeOf(result);
}
