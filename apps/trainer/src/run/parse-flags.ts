import { SparnetError, invalid } from '@sparnet/core';
import { checkOption } from './check-config.ts';
import { nearest } from './nearest.ts';
import type { ConfigOf, OptionSpec, OptionTable } from './option-table.ts';

/** What a command line said. */
interface ParsedFlags<T extends OptionTable> {
  /** The options that were given, without defaults: lay it over a file's, then check the whole. */
  options: Partial<ConfigOf<T>>;
  /** Words that belong to no flag. */
  positionals: string[];
}

/**
 * Reads flags of a table: `--batch-size 8` or `--batch-size=8` for the key `batchSize`, `--flip` and `--no-flip` for a
 * boolean. A list takes all words up to the next flag and may be repeated; of another flag the last one counts. After
 * `--` no word is a flag.
 *
 * @param argv - The words after the command.
 * @throws SparnetError `bad-argument` naming the flag that is unknown (and the nearest valid one), lacks its value or
 * has a wrong one.
 */
export function parseFlags<const T extends OptionTable>(argv: readonly string[], table: T): ParsedFlags<T> {
  const options: Record<string, unknown> = {};
  const positionals: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      positionals.push(...rest.splice(0));
    } else if (word.startsWith('-') && word.length > 1) {
      readFlag(word, rest, table, options);
    } else {
      positionals.push(word);
    }
  }
  return { options: options as Partial<ConfigOf<T>>, positionals };
}

/** `--batch-size` for `batchSize`. */
export function flagName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Reads one flag; takes its values from the front of `rest`. */
function readFlag(word: string, rest: string[], table: OptionTable, options: Record<string, unknown>): void {
  const equals = word.indexOf('=');
  const flag = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? null : word.slice(equals + 1);
  const key = Object.keys(table).find((candidate) => flagName(candidate) === flag);
  const spec = key === undefined ? undefined : table[key];
  if (key === undefined || spec === undefined) {
    const denied = inline === null ? deniedKey(flag, table) : undefined;
    if (denied === undefined) throw unknownFlag(flag, table);
    options[denied] = false;
    return;
  }
  if (spec.type === 'boolean') {
    options[key] = inline === null ? true : checkOption(flag, fromText(inline, spec.type), spec);
    return;
  }
  const words = inline === null ? takeWords(flag, rest, isList(spec)) : [inline];
  const values = words.map((text) => fromText(text, spec.type));
  if (isList(spec)) {
    const before = (options[key] ?? []) as unknown[];
    options[key] = [...before, ...(checkOption(flag, values, spec) as unknown[])];
  } else {
    options[key] = checkOption(
      flag,
      spec.type === 'json' ? parseJson(flag, words[0] as string) : values[0],
      spec,
    );
  }
}

function isList(spec: OptionSpec): boolean {
  return spec.type === 'strings' || spec.type === 'numbers';
}

/** The key of the boolean that `--no-key` turns off. */
function deniedKey(flag: string, table: OptionTable): string | undefined {
  return Object.keys(table).find(
    (key) => table[key]?.type === 'boolean' && `--no-${flagName(key).slice(2)}` === flag,
  );
}

function takeWords(flag: string, rest: string[], many: boolean): string[] {
  const end = rest.findIndex((word) => word.startsWith('--'));
  const available = end < 0 ? rest.length : end;
  if (available === 0) throw new SparnetError('bad-argument', `expected a value after ${flag}, got none`);
  return rest.splice(0, many ? available : 1);
}

/** A word as the value it stands for; a word that stands for none stays a string, which the check then refuses. */
function fromText(text: string, type: OptionSpec['type']): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'integer' && type !== 'number' && type !== 'numbers') return text;
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

function parseJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(flag, 'JSON', text);
  }
}

function unknownFlag(flag: string, table: OptionTable): SparnetError {
  const valid = Object.keys(table).flatMap((key) => {
    const name = flagName(key);
    return table[key]?.type === 'boolean' ? [name, `--no-${name.slice(2)}`] : [name];
  });
  const meant = nearest(flag, valid);
  const hint = meant === null ? 'see --help' : `did you mean ${meant}?`;
  return new SparnetError('bad-argument', `unknown flag ${flag}; ${hint}`);
}
