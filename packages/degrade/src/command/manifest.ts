import { open, type FileHandle } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import type { Parameters } from '../recipe/recipe.ts';
import type { Refusal } from './degrade-picture.ts';
import { visitLines } from './visit-lines.ts';

/** A line of `manifest.jsonl`: what one picture was degraded with, or why it wasn't. */
export interface ManifestLine {
  name: string;
  parameters: Parameters;
  error?: Refusal;
}

/** A line as text, without its end. The order of the keys is fixed, so that equal lines are equal texts. */
export function lineText({ name, parameters, error }: ManifestLine): string {
  return JSON.stringify(error ? { name, parameters, error } : { name, parameters });
}

/** A manifest that is being written. */
export interface ManifestWriter {
  append(line: ManifestLine): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a manifest to go on with it. Its whole lines are given to `known` one by one; a line that an interruption cut off
 * is removed.
 *
 * @throws SparnetError `bad-file` when the file can't be written, and what `known` throws.
 */
export async function continueManifest(
  file: string,
  known: (text: string, line: number) => Promise<void> | void,
): Promise<ManifestWriter> {
  const handle = await open(file, 'a+').catch((cause: unknown) => {
    throw new SparnetError('bad-file', `${file}: cannot be written (${(cause as Error).message})`, { cause });
  });
  try {
    await handle.truncate(await visitLines(file, known));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    append: (line) => write(handle, `${lineText(line)}\n`, file),
    close: () => finish(handle),
  };
}

async function write(handle: FileHandle, text: string, file: string): Promise<void> {
  try {
    await handle.appendFile(text);
  } catch (cause) {
    throw new SparnetError('bad-file', `${file}: cannot be written (${(cause as Error).message})`, { cause });
  }
}

async function finish(handle: FileHandle): Promise<void> {
  await handle.sync();
  await handle.close();
}
