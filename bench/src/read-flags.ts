import { SparnetError } from '@sparnet/core';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * The values of the command line's flags; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for an unknown flag, or a word that belongs to none.
 */
export function readFlags<const Flags extends NonNullable<ParseArgsConfig['options']>>(flags: Flags) {
  // pnpm hands on the `--` that separates its own options from these.
  const args = process.argv.slice(2).filter((word) => word !== '--');
  if (args.includes('--help') || args.includes('-h')) return undefined;
  try {
    return parseArgs({ options: flags, args }).values;
  } catch (cause) {
    throw new SparnetError('bad-argument', (cause as Error).message, { cause });
  }
}

/** The words between commas. */
export function wordsOf(list: string): string[] {
  return list.split(',').map((word) => word.trim());
}

/**
 * A number of things.
 *
 * @throws SparnetError `bad-argument` unless it is an integer of at least 1.
 */
export function wholeNumber(flag: string, word: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SparnetError('bad-argument', `expected an integer of at least 1 for ${flag}, got ${word}`);
}
