import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { checkInteger } from '@sparnet/core';
import { removeTemporaries, temporaryBeside } from '@sparnet/core/node';
import { removeQuietly } from './remove-quietly.ts';
import { loadCheckpoint, replacedSuffix } from './checkpoint.ts';
import { checkpointSteps } from './checkpoint-steps.ts';
import { runPaths, stepOf } from './run-paths.ts';

/**
 * Deletes old checkpoints: keeps `keepLast` of them, counted back from the newest whole one, and the best one. The
 * newest whole one always stays; so does a broken newer one, which is for a person to look at.
 *
 * @param options - `best`: the step of the best one; `whole`: the step of one that was just saved, which is not read
 *   again.
 * @returns The steps deleted, newest first.
 * @throws SparnetError `bad-argument` when `keepLast` is below 1.
 */
export async function pruneCheckpoints(
  dir: string,
  { keepLast, best, whole }: { keepLast: number; best?: number | undefined; whole?: number | undefined },
): Promise<number[]> {
  checkInteger('keepLast', keepLast, 1);
  const steps = await checkpointSteps(dir);
  if (steps.length <= keepLast) return [];
  const newest = await firstWhole(dir, steps, whole);
  if (newest === null) return [];
  const old = steps.slice(steps.indexOf(newest) + keepLast).filter((step) => step !== best);
  for (const step of old) await discard(runPaths(dir).checkpoint(step));
  return old;
}

/** Clears what a killed run left unfinished among its checkpoints. Only for the process that holds the run's lock. */
export async function clearUnfinishedCheckpoints(dir: string): Promise<void> {
  const { checkpoints } = runPaths(dir);
  const names = await readdir(checkpoints).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(replacedSuffix))) {
    const replaced = join(checkpoints, name);
    // A run killed between the two renames of a replacement has this one only; else the new one is there.
    const step = stepOf(name.slice(0, -replacedSuffix.length));
    const whole = step !== null && (await loadCheckpoint(dir, step).catch(() => null));
    if (whole) await removeQuietly(replaced);
    else await rename(replaced, replaced.slice(0, -replacedSuffix.length));
  }
  await removeTemporaries(checkpoints);
}

async function firstWhole(dir: string, steps: readonly number[], known?: number): Promise<number | null> {
  for (const step of steps) {
    if (step === known || (await loadCheckpoint(dir, step).catch(() => null))) return step;
  }
  return null;
}

/** Renames first, so that a kill while deleting leaves no half checkpoint under its name. */
async function discard(folder: string): Promise<void> {
  const temporary = temporaryBeside(folder);
  await rename(folder, temporary);
  await removeQuietly(temporary);
}
