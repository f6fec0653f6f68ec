import type { OptionTable } from './run/option-table.ts';
import { flagName } from './run/parse-flags.ts';

/**
 * The flags of a command that npm has kept for itself, for want of a `--` before them: it puts them into environment
 * variables and takes them away from the words that it passes on.
 */
export function swallowedFlags(
  table: OptionTable,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  return Object.keys(table)
    .filter((key) => env[`npm_config_${flagName(key).slice(2).replaceAll('-', '_')}`] !== undefined)
    .map(flagName)
    .filter((flag) => !argv.some((word) => word === flag || word.startsWith(`${flag}=`)));
}
