import type { Command } from '../command.ts';
import { invalid } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { asUsage } from 'command-line';
import { networkConfig } from '../network-config.ts';
import { trainOptions } from '../options.ts';
import { clockNames } from '../profile/clocks.ts';
import { profileNetwork } from '../profile/profile-network.ts';
import { profileText } from '../profile/profile-text.ts';
import { checkConfig } from '../run/check-config.ts';
import type { ConfigOf } from '../run/option-table.ts';
import { parseFlags } from '../run/parse-flags.ts';
import { say } from './report.ts';

const { preset, network, scale, loss, reduction, checkpointing, seed, engine } = trainOptions;
const table = {
  preset,
  network,
  scale,
  batch: { type: 'integer', min: 1, max: 4096, default: 4, help: 'Images computed at once.' },
  loss,
  reduction,
  checkpointing,
  seed: { ...seed, help: 'Of weights and images.' },
  engine,
  threads: {
    type: 'integer',
    min: 1,
    max: 256,
    default: 1,
    help: 'Threads of engine native; the trainer gives each of its workers one.',
  },
  steps: {
    type: 'integer',
    min: 1,
    default: 3,
    help: 'Steps to measure; shown is the one of median length.',
  },
  clock: {
    type: 'string',
    choices: clockNames,
    default: 'wall',
    help: 'How time is measured; processor leaves out what others on the machine took.',
  },
  depth: {
    type: 'integer',
    min: 1,
    max: 8,
    default: 1,
    help: 'Show layers so many levels deep: 2 the layers of blocks, 3 those of attention.',
  },
  json: { type: 'string', help: 'Write everything, all levels, to this file too.' },
} as const;

const usage = `trainer profile [--preset P] [--engine E] [--batch N] [--steps N] [options]

Shows where a training step's time and memory go, by layer, kernel and
operation, beside what a matrix product reaches on this machine. The step is a
worker's, on random images, in this process; without reading photographs.`;

export const profileCommand: Command = { table, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { config, network: chosen } = await asUsage(() => read(argv));
  const { engine: name, batch, steps, threads, clock, seed: start, depth, json } = config;
  const kinds = { kind: config.loss, reduction: config.reduction };
  say(`profiling ${steps} ${steps === 1 ? 'step' : 'steps'}, after some to warm up`);
  const choices = { engine: name, batch, steps, threads, clock, checkpointing: config.checkpointing };
  const profile = await profileNetwork({ ...choices, network: chosen, seed: start, loss: kinds });
  process.stdout.write(profileText(profile, { title: titleOf(config), depth }));
  if (json !== undefined)
    await replaceFile(json, `${JSON.stringify({ preset: config.preset, ...profile }, null, 2)}\n`);
  return 0;
}

/** Whatever changes of the preset there are is in the JSON. */
function titleOf({ preset: name, network: changes }: ConfigOf<typeof table>): string {
  return Object.keys(changes as object).length === 0 ? name : `${name} with changes`;
}

function read(argv: readonly string[]): {
  config: ConfigOf<typeof table>;
  network: ReturnType<typeof networkConfig>;
} {
  const { options, positionals } = parseFlags(argv, table);
  if (positionals.length > 0) throw invalid('a flag', '--preset and a name', positionals[0]);
  const config = checkConfig(options, table);
  if (config.json !== undefined && !canBeWritten(config.json))
    throw invalid('--json', 'the name of a file, in a folder that exists', config.json);
  return { config, network: networkConfig(config) };
}

function canBeWritten(file: string): boolean {
  if (file === '' || isFolder(file)) return false;
  return isFolder(dirname(file));
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
