import { open, type FileHandle } from 'node:fs/promises';
import { writeError } from '@sparnet/core/node';
import type { Refusal, Settings } from './degrade-picture.ts';
import { replaceLines } from './replace-lines.ts';
import { visitLines } from './visit-lines.ts';

/** A line of `manifest.jsonl`: what one picture was degraded with, or why it wasn't. */
export interface ManifestLine extends Settings {
  name: string;
  error?: Refusal;
}

/** A line as text, without its end. The order of the keys is fixed, so that equal lines are equal texts. */
export function lineText({ name, parameters, crop, error }: ManifestLine): string {
  return JSON.stringify({ name, parameters, crop, error });
}

/** A manifest that is being written. */
export interface ManifestWriter {
  append(line: ManifestLine): Promise<void>;
  /** Puts other lines in the place of some, by their number from 0. */
  replace(lines: ReadonlyMap<number, ManifestLine>): Promise<void>;
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
  let handle = await opened(file);
  try {
    await handle.truncate(await visitLines(file, known));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    append: (line) => write(handle, `${lineText(line)}\n`, file),
    async replace(lines) {
      await replaceLines(file, new Map([...lines].map(([at, line]) => [at, lineText(line)])));
      await handle.close(); // of the file that was replaced
      handle = await opened(file);
    },
    close: () => finish(handle),
  };
}

function opened(file: string): Promise<FileHandle> {
  return open(file, 'a+').catch((error: unknown) => Promise.reject(writeError(file, error)));
}

async function write(handle: FileHandle, text: string, file: string): Promise<void> {
  await handle.appendFile(text).catch((error: unknown) => Promise.reject(writeError(file, error)));
}

async function finish(handle: FileHandle): Promise<void> {
  await handle.sync();
  await handle.close();
}
