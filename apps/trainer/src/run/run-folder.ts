import { rmdir, stat } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import { makeFolder, removeTemporaries } from '@sparnet/core/node';
import { checkpointSteps } from './checkpoint-steps.ts';
import { clearUnfinishedCheckpoints } from './prune-checkpoints.ts';
import { lockRun } from './run-lock.ts';
import { runPaths, type RunPaths } from './run-paths.ts';

/** A run folder that this process alone writes to. */
export interface RunFolder {
  paths: RunPaths;
  /** Gives the folder back. */
  unlock: () => void;
}

/** The folder of a new run. */
export interface NewRunFolder extends RunFolder {
  /** Removes what was made for the run, but nothing that holds a file: for a run that could not begin. */
  discard: () => Promise<void>;
}

/**
 * Makes and locks the folder of a new run.
 *
 * @throws SparnetError `exists` when it already holds a run or another process works in it, `bad-file` when it cannot
 * be made.
 */
export async function createRunFolder(dir: string): Promise<NewRunFolder> {
  const paths = runPaths(dir);
  const made = await makeFolder(dir);
  const unlock = await lockRun(paths.lock).catch(async (error: unknown) => {
    await removeEmpty(made);
    throw error;
  });
  try {
    if (await holdsRun(dir)) {
      throw new SparnetError(
        'exists',
        `${dir}: already holds a run; go on with it (trainer resume ${dir}) or choose another --out`,
      );
    }
    await removeTemporaries(dir);
    made.push(...(await makeFolder(paths.checkpoints)), ...(await makeFolder(paths.previews)));
  } catch (error) {
    unlock();
    throw error;
  }
  return {
    paths,
    unlock,
    discard: async () => {
      unlock();
      await removeEmpty(made);
    },
  };
}

/**
 * Locks the folder of a run that is to go on, and clears what a killed process left unfinished.
 *
 * @throws SparnetError `missing-file` when it holds no run, `exists` when another process works in it.
 */
export async function openRunFolder(dir: string): Promise<RunFolder> {
  const paths = runPaths(dir);
  if (!(await isThere(paths.config))) {
    throw new SparnetError(
      'missing-file',
      `${dir}: holds no run (no config.json); start one with trainer train --out ${dir}`,
    );
  }
  const unlock = await lockRun(paths.lock);
  await removeTemporaries(dir);
  await removeTemporaries(paths.previews);
  await clearUnfinishedCheckpoints(dir);
  return { paths, unlock };
}

/** The last first; what holds something stays. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => undefined);
}

/** True also for what is left of a run whose config.json was lost. */
async function holdsRun(dir: string): Promise<boolean> {
  const { config, metrics, model } = runPaths(dir);
  for (const file of [config, metrics, model]) {
    if (await isThere(file)) return true;
  }
  return (await checkpointSteps(dir)).length > 0;
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}
