import { readFile } from 'node:fs/promises';
import { SparnetError, invalid } from '@sparnet/core';
import type { WeightsFile } from './compute/messages.ts';
import { objectiveOf } from './objective-of.ts';
import type { TrainConfig } from './options.ts';
import { readModelFile } from './read-model-file.ts';

/** Files that a run starts from instead of random weights. */
export interface StartFiles {
  generator?: WeightsFile | undefined;
  discriminator?: WeightsFile | undefined;
  /** Of both, and their Adam. */
  training?: WeightsFile | undefined;
}

/**
 * Read the files that a run starts from.
 *
 * @throws SparnetError `missing-file` that names the flag; `bad-file` when that of a published model has other bytes.
 */
export async function readStartFiles({
  init,
  discriminatorInit,
  initTraining,
}: TrainConfig): Promise<StartFiles> {
  return {
    generator: init === undefined ? undefined : await readModelFile(init, '--init'),
    discriminator: await weightsFile(discriminatorInit, '--discriminator-init'),
    training: await weightsFile(initTraining, '--init-training'),
  };
}

/**
 * The SHA-256 of the file of the teacher; undefined without one, or when it has no weight.
 *
 * @throws SparnetError as {@link readStartFiles}.
 */
export async function teacherDigest(config: TrainConfig): Promise<string | undefined> {
  const { teacher } = objectiveOf(config);
  return teacher && (await readModelFile(teacher.file, '--teacher')).sha256;
}

/**
 * Check that every file that a run is to start from has a name and a use.
 *
 * @throws SparnetError `bad-config` when one would be read in vain, or a name is empty.
 */
export function checkStartFiles({
  init,
  discriminatorInit,
  initTraining,
  adversarialWeight,
  teacher,
}: TrainConfig): void {
  for (const [key, file] of Object.entries({ init, teacher }))
    if (file === '') throw invalid(key, 'a file or the name of a published model', file, 'bad-config');
  if (initTraining !== undefined && (init !== undefined || discriminatorInit !== undefined)) {
    throw new SparnetError(
      'bad-config',
      'initTraining has both players and their Adam; leave --init and --discriminator-init out, or give these alone',
    );
  }
  if (discriminatorInit !== undefined && adversarialWeight === 0)
    throw new SparnetError('bad-config', 'there are no discriminators to start: the adversarialWeight is 0');
}

/** A file of weights that a flag names, read. */
async function weightsFile(file: string | undefined, flag: string): Promise<WeightsFile | undefined> {
  if (file === undefined) return undefined;
  try {
    return { bytes: await readFile(file), file };
  } catch (cause) {
    throw new SparnetError('missing-file', `${file}: can't be read; check ${flag}`, { cause });
  }
}
