import type { OptionSpec, OptionTable } from './option-table.ts';
import { flagName } from './parse-flags.ts';

/** What stands for an option's value in help. */
const placeholders: Record<OptionSpec['type'], string> = {
  integer: ' N',
  number: ' X',
  string: ' TEXT',
  boolean: '',
  strings: ' TEXT...',
  numbers: ' X...',
  json: ' JSON',
  named: ' NAME|FILE',
};

/**
 * The help of a command: its usage, then a paragraph an option in the table's order with choices and default.
 *
 * @param usage - The lines before the options.
 * @param columns - Where text is broken.
 */
export function helpText(
  table: OptionTable,
  { usage, columns = 80 }: { usage: string; columns?: number },
): string {
  const flags = Object.entries(table).map(
    ([key, spec]) => [`  ${shownFlag(key, spec)}`, described(spec)] as const,
  );
  const width = Math.min(28, Math.max(0, ...flags.map(([flag]) => flag.length)) + 2);
  const options = flags.flatMap(([flag, text]) => {
    const lines = wrapped(text, Math.max(20, columns - width));
    const first = flag.length + 2 <= width ? [`${flag.padEnd(width)}${lines.shift() ?? ''}`] : [flag];
    return [...first, ...lines.map((line) => ' '.repeat(width) + line)];
  });
  return [usage.trimEnd(), '', ...options, ''].join('\n');
}

function shownFlag(key: string, spec: OptionSpec): string {
  const flag = flagName(key);
  const isOn = spec.type === 'boolean' && spec.default === true;
  return `${isOn ? `--[no-]${flag.slice(2)}` : flag}${placeholders[spec.type]}`;
}

function described({ help, choices, default: preset }: OptionSpec): string {
  const notes = [
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(preset === undefined || preset === false ? [] : [`default ${shownDefault(preset)}`]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

function shownDefault(preset: unknown): string {
  if (preset === true) return 'on';
  if (Array.isArray(preset)) return preset.length === 0 ? 'none' : preset.join(' ');
  return typeof preset === 'string' ? preset : JSON.stringify(preset);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
