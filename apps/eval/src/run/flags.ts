import { parseArgs } from 'node:util';
import { SparnetError, checkInteger } from '@sparnet/core';

/** One flag of a command. */
export interface Flag {
  /** What stands behind it in help, such as `FILE`; without one it is a switch. */
  takes?: string;
  /** It takes all words up to the next flag and may be repeated. */
  many?: true;
  /** One or two sentences. */
  help: string;
}

/** The flags of a command, in the order in which help shows them. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** What was given of a table. */
export type FlagValues<Table extends FlagTable> = {
  -readonly [Name in keyof Table]?: Table[Name] extends { many: true }
    ? string[]
    : Table[Name] extends { takes: string }
      ? string
      : true;
};

/**
 * Reads the words behind a command. `--flag value` and `--flag=value` are the same; of a flag that takes one value the
 * last one counts; what belongs to no flag is among the `words`.
 *
 * @throws SparnetError `bad-argument` for an unknown flag, a missing value, or a value for a switch.
 */
export function readFlags<const Table extends FlagTable>(
  argv: readonly string[],
  table: Table,
): { values: FlagValues<Table>; words: string[] } {
  const values: Record<string, string | string[] | true> = {};
  const words: string[] = [];
  let open: string[] | undefined;
  for (const token of tokensOf(argv, table)) {
    if (token.kind === 'option') {
      const list = table[token.name]?.many ? ((values[token.name] ??= []) as string[]) : undefined;
      list?.push(token.value ?? '');
      if (!list) values[token.name] = token.value ?? true;
      open = token.inlineValue ? undefined : list;
    } else if (token.kind === 'positional') {
      (open ?? words).push(token.value);
    } else {
      open = undefined;
    }
  }
  return { values: values as FlagValues<Table>, words };
}

/** A whole number that stands behind a flag. */
export function wholeNumber(flag: string, text: string, least = 0, most?: number): number {
  return checkInteger(flag, /^\d+$/.test(text) ? Number(text) : text, least, most);
}

/** The help of a command: its usage, then its flags. */
export function helpText(table: FlagTable, usage: string): string {
  const flags = Object.entries(table).map(
    ([name, { takes, help }]) => [`  --${name}${takes ? ` ${takes}` : ''}`, help] as const,
  );
  const width = Math.min(26, Math.max(0, ...flags.map(([flag]) => flag.length)) + 2);
  const lines = flags.flatMap(([flag, help]) => {
    const [first = '', ...more] = wrapped(help, 80 - width);
    const begin = flag.length + 2 <= width ? [flag.padEnd(width) + first] : [flag, ' '.repeat(width) + first];
    return [...begin, ...more.map((line) => ' '.repeat(width) + line)];
  });
  return [usage.trimEnd(), '', ...lines, ''].join('\n');
}

function tokensOf(argv: readonly string[], table: FlagTable) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { takes }]) => [
      name,
      { type: takes ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, tokens: true, options }).tokens;
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ');
    throw new SparnetError('bad-argument', `${sentence}; --help lists the flags`, { cause });
  }
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
