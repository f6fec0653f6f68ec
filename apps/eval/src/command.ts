import type { FlagTable } from './run/flags.ts';

/** A command of the program. `main.ts` answers `--help` from its flags and usage. */
export interface Command {
  flags: FlagTable;
  /** The lines of help above the flags. */
  usage: string;
  /** Long work that Ctrl-C asks to end; other commands it ends at once. */
  long?: true;
  /** The words behind the command in, the exit code out. `signal` is that of Ctrl-C. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>;
}
