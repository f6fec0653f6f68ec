import { isSparnetError } from '@sparnet/core';

/** Run a program to its end: an error is told on stderr; the exit code is 2 for wrong usage, 1 for anything else. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = isSparnetError(error, 'bad-argument') ? 2 : 1;
  }
}
