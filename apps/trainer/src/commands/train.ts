import type { Command } from '../command.ts';
import { trainOptions, type TrainConfig } from '../options.ts';
import { readConfig } from '../run/config-file.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { invalid } from '@sparnet/core';
import { asUsage } from 'command-line';
import { checkIdleFlags } from '../check-idle-flags.ts';
import { dryRun } from '../dry-run.ts';
import { train } from '../train.ts';
import { dryRunText } from './dry-run-text.ts';
import { exitCodeOf, report, say } from './report.ts';

const table = {
  config: {
    type: 'string',
    help: 'Take options from this file, such as the config.json of a run; flags win.',
  },
  dryRun: {
    type: 'boolean',
    default: false,
    help: 'Check everything, say what the run would be and the memory it will need, and write nothing.',
  },
  ...trainOptions,
} as const;

const usage = `trainer train --data PATH... --out DIR (--steps N | --epochs N | --minutes N)
              [--val PATH...] [options]

Trains a network and leaves DIR/model.safetensors. Ctrl-C saves a checkpoint;
trainer resume DIR goes on. CelebA's aligned photographs of 178x218 pixels are
cropped around the face; others by --boxes, or to the centred square.`;

export const trainCommand: Command = {
  table,
  usage,
  long: (argv) => !argv.includes('--dry-run'),
  run,
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { dryRun: dry, options } = await asUsage(() => read(argv));
  if (dry) {
    say('computing some images, to see what memory they take');
    process.stdout.write(dryRunText(await dryRun(options)));
    return 0;
  }
  const result = await train(options, { signal, say });
  report(result);
  return exitCodeOf(result);
}

/** The options of a configuration file, if one is named, with the flags laid over them. */
async function read(argv: readonly string[]): Promise<{ dryRun: boolean; options: Partial<TrainConfig> }> {
  const { options, positionals } = parseFlags(argv, table);
  if (positionals.length > 0) throw invalid('a flag', '--data and a path', positionals[0]);
  const { config, dryRun: dry = false, ...flags } = options;
  const file: Partial<TrainConfig> = config ? await readConfig(config) : {};
  const budget = (['steps', 'epochs', 'minutes'] as const).filter((key) => flags[key] !== undefined);
  if (flags.steps !== undefined && flags.epochs !== undefined)
    throw invalid('how long to train', 'either --steps or --epochs', 'both');
  // The file of a run holds the steps that its epochs or minutes came to, and the end of its schedule.
  if (budget.length > 0)
    for (const key of ['steps', 'epochs', 'minutes', 'horizon'] as const) delete file[key];
  const all = { ...file, ...flags };
  checkIdleFlags(flags, all);
  return { dryRun: dry, options: all };
}
