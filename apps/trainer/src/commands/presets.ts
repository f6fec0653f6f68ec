import { preset, presetNames, summary } from '@sparnet/models';
import { helpText } from '../run/help-text.ts';
import { parseFlags } from '../run/parse-flags.ts';

const table = {
  json: { type: 'boolean', default: false, help: 'Print the configurations as JSON.' },
} as const;

const usage = `trainer presets [--json]

The networks by name, with their size and the cost of one image.`;

export function presetsCommand(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(helpText(table, { usage }));
    return Promise.resolve(0);
  }
  const { options } = parseFlags(argv, table);
  if (options.json) {
    const all = Object.fromEntries(presetNames.map((name) => [name, preset(name)]));
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return Promise.resolve(0);
  }
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
  process.stdout.write(
    lines
      .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(15))).join(''))
      .join('\n') + '\n',
  );
  return Promise.resolve(0);
}
