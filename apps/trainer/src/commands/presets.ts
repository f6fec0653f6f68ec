import type { Command } from '../command.ts';
import { invalid } from '@sparnet/core';
import { preset, presetNames, summary, summaryText, type PresetName } from '@sparnet/models';
import { asUsage } from 'command-line';
import { parseFlags } from '../run/parse-flags.ts';

const table = {
  json: { type: 'boolean', default: false, help: 'Print the configurations, or that of NAME, as JSON.' },
} as const;

const usage = `trainer presets [NAME] [--json]

The networks by name, with their size and the cost of one image; with a NAME,
the parts of that one.`;

export const presetsCommand: Command = { table, usage, run };

async function run(argv: readonly string[]): Promise<number> {
  const { json, name } = await asUsage(() => read(argv));
  const all = Object.fromEntries(presetNames.map((each) => [each, preset(each)]));
  if (json) process.stdout.write(`${JSON.stringify(name ? preset(name) : all, null, 2)}\n`);
  else process.stdout.write(`${name ? summaryText(summary(preset(name))) : list()}\n`);
  return 0;
}

function read(argv: readonly string[]): { json: boolean; name: PresetName | undefined } {
  const { options, positionals } = parseFlags(argv, table);
  const [word, ...more] = positionals;
  const name = presetNames.find((each) => each === word);
  if (more.length > 0 || (word !== undefined && !name))
    throw invalid('NAME', `one of ${presetNames.join(', ')}`, positionals.join(' '));
  return { json: options.json ?? false, name };
}

/** A line a network. */
function list(): string {
  const rows = presetNames.map((name) => {
    const config = preset(name);
    const { parameters, multiplyAdds } = summary(config);
    return [
      name,
      `${(parameters / 1e6).toFixed(2)} M`,
      `${(multiplyAdds / 1e9).toFixed(2)} G`,
      `${config.outputSize / config.scale} -> ${config.outputSize}`,
    ];
  });
  const lines = [['preset', 'parameters', 'multiply-adds', 'size'], ...rows];
  return lines
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(15))).join(''))
    .join('\n');
}
