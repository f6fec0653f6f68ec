import type { OptionTable } from './run/option-table.ts';

/** A command of the program. `main.ts` answers `--help` from its table and usage. */
export interface Command {
  table: OptionTable;
  usage: string;
  /** Are these words for long work, which Ctrl-C asks to save and end? Other work it ends at once. */
  long?(argv: readonly string[]): boolean;
  /** The words behind the command in, the exit code out. `signal` is that of Ctrl-C. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>;
}
