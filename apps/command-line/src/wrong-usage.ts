import { isSparnetError } from '@sparnet/core';

/** Errors that were thrown while flags and settings were read. */
const seen = new WeakSet<Error>();

/**
 * Run what reads and checks flags or settings. An error of it about a value is wrong usage (exit code 2); the same code
 * from later on, of work at hand, is not.
 *
 * @throws What `check` throws.
 */
export async function asUsage<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (isSparnetError(error, 'bad-argument') || isSparnetError(error, 'bad-config')) seen.add(error);
    throw error;
  }
}

/** True for an error that {@link asUsage} has let through as wrong usage. */
export function isWrongUsage(error: unknown): boolean {
  return error instanceof Error && seen.has(error);
}
