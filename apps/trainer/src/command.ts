import type { OptionTable } from './run/option-table.ts';

/** A command of the program. `main.ts` answers `--help` from its table and usage. */
export interface Command {
  table: OptionTable;
  usage: string;
  /** Long work that Ctrl-C asks to save and end; other commands it ends at once. */
  long?: true;
  /** The words behind the command in, the exit code out. `signal` is that of Ctrl-C. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>;
}
