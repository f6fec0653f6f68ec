import { isSparnetError } from '@sparnet/core';
import { isWrongUsage } from './wrong-usage.ts';

/** A program of several commands. */
export interface Program<Command> {
  /** What `--help` shows. */
  help: string;
  /** The name of the command that is meant without one, whether or not there are flags; else help is. */
  usual?: string;
  /** The command of that name. */
  find(name: string): Command | undefined | Promise<Command | undefined>;
  /** What `COMMAND --help` shows. */
  helpOf(command: Command): string;
  /** Does it: its name and the words behind it in, the exit code out. */
  run(command: Command, name: string, words: readonly string[]): Promise<number>;
}

/**
 * Runs a program on its words. Exit codes: that of the command; 2 for wrong usage, told on stderr; 1 for an error.
 *
 * @param argv - The words behind the program; the first one names the command.
 */
export async function runProgram<Command>(program: Program<Command>, argv: readonly string[]): Promise<void> {
  try {
    // pnpm passes the '--' on that keeps it from reading our flags.
    process.exitCode = await dispatch(program, argv[0] === '--' ? argv.slice(1) : argv);
  } catch (error) {
    const known = isSparnetError(error) ? `error: ${error.message}` : undefined;
    process.stderr.write(`${known ?? String((error as Error).stack ?? error)}\n`);
    process.exitCode = isWrongUsage(error) ? 2 : 1;
  }
}

async function dispatch<Command>(
  { help, usual, find, helpOf, run }: Program<Command>,
  argv: readonly string[],
): Promise<number> {
  const isNamed = argv[0] !== undefined && (isHelp(argv[0]) || !argv[0].startsWith('-'));
  const [name = '--help', ...words] = usual === undefined || isNamed ? argv : [usual, ...argv];
  if (isHelp(name)) {
    process.stdout.write(help);
    return 0;
  }
  const command = await find(name);
  if (!command) {
    process.stderr.write(`unknown command ${name}\n\n${help}`);
    return 2;
  }
  if (words.some((word) => isHelp(word) && word !== 'help')) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  return run(command, name, words);
}

function isHelp(word: string): boolean {
  return ['--help', '-h', 'help'].includes(word);
}
