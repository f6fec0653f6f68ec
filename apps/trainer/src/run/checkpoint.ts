import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SparnetError, checkInteger, invalid } from '@sparnet/core';
import { flushFolder, makeFolder, temporaryBeside, writeError, writeFlushed } from '@sparnet/core/node';
import { removeQuietly } from './remove-quietly.ts';
import {
  describeFile,
  isPlainName,
  manifestName,
  parseManifest,
  readListed,
  readWhole,
} from './checkpoint-manifest.ts';
import { checkpointSteps, setPointers } from './checkpoint-steps.ts';
import { runPaths } from './run-paths.ts';

/** A checkpoint as read back, every file checked against its size and sha256. */
export interface Checkpoint {
  step: number;
  folder: string;
  /** File name to content. */
  files: Record<string, Uint8Array>;
  /** What was given as `state` when saving. */
  state: unknown;
}

/** The name that a checkpoint bears for the moment in which another one of the same step takes its place. */
export const replacedSuffix = '.replaced';

/**
 * Saves a checkpoint as `DIR/checkpoints/step-00001000`: its files and `state.json` (step, size and sha256 of each
 * file, `state`) are written into a temporary folder, flushed, and the folder is renamed; then `latest.json` points to
 * it and `best.json` to the best one. A crash at any moment leaves whole checkpoints only; pointers that it left behind
 * are set right by `setPointers`. An older checkpoint of the same step is replaced.
 *
 * @param dir - The run folder.
 * @param step - The number of steps done.
 * @param files - File name, such as `model.safetensors`, to content.
 * @param state - Anything that JSON can hold.
 * @param options - `best`: the step of the best checkpoint so far, this one included, if there is one.
 * @returns The checkpoint's folder.
 * @throws SparnetError `bad-file` when it cannot be written (disk full, permission); older checkpoints stay as they are.
 */
export async function saveCheckpoint(
  dir: string,
  step: number,
  files: Record<string, Uint8Array>,
  state: unknown,
  { best }: { best?: number | undefined } = {},
): Promise<string> {
  checkInteger('step', step);
  for (const name of Object.keys(files)) {
    if (!isPlainName(name)) throw invalid('files', `plain file names other than ${manifestName}`, name);
  }
  const folder = runPaths(dir).checkpoint(step);
  const temporary = temporaryBeside(folder);
  try {
    await makeFolder(temporary);
    await writeFiles(temporary, step, files, state);
    await putInPlace(temporary, folder);
    await setPointers(dir, { latest: step, best });
  } catch (error) {
    await removeQuietly(temporary);
    throw writeError(folder, error);
  }
  return folder;
}

/**
 * The newest checkpoint of a run that verifies. A newer one that is broken (torn, altered, files missing) is told to
 * `onReject` and passed over.
 *
 * @throws SparnetError `missing-file` when the run has no checkpoint, `bad-file` when none verifies.
 */
export async function loadLatestCheckpoint(
  dir: string,
  { onReject = () => undefined }: { onReject?: (folder: string, error: SparnetError) => void } = {},
): Promise<Checkpoint> {
  const steps = await checkpointSteps(dir);
  for (const step of steps) {
    try {
      return await loadCheckpoint(dir, step);
    } catch (error) {
      onReject(runPaths(dir).checkpoint(step), error as SparnetError);
    }
  }
  const { checkpoints } = runPaths(dir);
  if (steps.length === 0) {
    throw new SparnetError(
      'missing-file',
      `${checkpoints}: no checkpoint there; start the run anew in another folder`,
    );
  }
  throw new SparnetError(
    'bad-file',
    `${checkpoints}: none of its ${steps.length} checkpoints is whole; restore one from a copy or start the run anew in another folder`,
  );
}

/**
 * The checkpoint of one step, verified.
 *
 * @throws SparnetError `missing-file`, `bad-file` or `unsafe-file` naming the file that is missing or not as saved.
 */
export async function loadCheckpoint(dir: string, step: number): Promise<Checkpoint> {
  const folder = runPaths(dir).checkpoint(step);
  const file = join(folder, manifestName);
  const manifest = parseManifest(file, await readWhole(file), step);
  const files: Record<string, Uint8Array> = {};
  for (const [name, expected] of Object.entries(manifest.files)) {
    files[name] = await readListed(join(folder, name), expected);
  }
  return { step, folder, files, state: manifest.state };
}

async function writeFiles(
  folder: string,
  step: number,
  files: Record<string, Uint8Array>,
  state: unknown,
): Promise<void> {
  const listed: Record<string, { bytes: number; sha256: string }> = {};
  for (const [name, bytes] of Object.entries(files)) {
    await writeFlushed(join(folder, name), bytes);
    listed[name] = describeFile(bytes);
  }
  await writeFlushed(
    join(folder, manifestName),
    `${JSON.stringify({ step, files: listed, state }, null, 2)}\n`,
  );
  await flushFolder(folder);
}

async function putInPlace(temporary: string, folder: string): Promise<void> {
  const replaced = `${folder}${replacedSuffix}`;
  const isThere = (await stat(folder).catch(() => null)) !== null;
  if (isThere) {
    await removeQuietly(replaced);
    await rename(folder, replaced);
  }
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (isThere) await rename(replaced, folder);
    throw error;
  }
  await flushFolder(join(folder, '..'));
  if (isThere) await removeQuietly(replaced);
}
