import { readFile } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import type { WeightsFile } from './compute/messages.ts';
import type { TrainConfig } from './options.ts';

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
 * @throws SparnetError `missing-file` that names the flag.
 */
export async function readStartFiles({
  init,
  discriminatorInit,
  initTraining,
}: TrainConfig): Promise<StartFiles> {
  return {
    generator: await weightsFile(init, '--init'),
    discriminator: await weightsFile(discriminatorInit, '--discriminator-init'),
    training: await weightsFile(initTraining, '--init-training'),
  };
}

/**
 * Check that every file that a run is to start from has a use.
 *
 * @throws SparnetError `bad-config` when one would be read in vain.
 */
export function checkStartFiles({
  init,
  discriminatorInit,
  initTraining,
  adversarialWeight,
}: TrainConfig): void {
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
