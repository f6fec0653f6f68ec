import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';

/** The file of a checkpoint that is written last: a folder that has a valid one is whole. */
export const manifestName = 'state.json';

/** What the manifest says of a file. */
export interface ListedFile {
  bytes: number;
  sha256: string;
}

/** The content of `state.json`. */
export interface Manifest {
  step: number;
  files: Record<string, ListedFile>;
  state: unknown;
}

/** Size and sha256 (hexadecimal) of a file's content. */
export function describeFile(content: Uint8Array): ListedFile {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** True for a name that stays inside a checkpoint's folder and is not the manifest's. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name !== manifestName;
}

/**
 * Reads a manifest's text.
 *
 * @throws SparnetError `bad-file` when it is not a manifest or one of another step, `unsafe-file` when it lists a path.
 */
export function parseManifest(file: string, content: Uint8Array, step: number): Manifest {
  const parsed = parseJson(file, content) as Partial<Manifest> | null;
  if (parsed?.step !== step) {
    throw new SparnetError('bad-file', `${file}: is not of step ${step} (it says ${String(parsed?.step)})`);
  }
  if (typeof parsed.files !== 'object' || parsed.files === null || !('state' in parsed)) {
    throw new SparnetError('bad-file', `${file}: lacks "files" or "state"`);
  }
  for (const [name, listed] of Object.entries(parsed.files)) {
    if (!isPlainName(name)) {
      throw new SparnetError(
        'unsafe-file',
        `${file}: lists ${JSON.stringify(name)}, which is no plain file name`,
      );
    }
    if (typeof listed?.bytes !== 'number' || typeof listed.sha256 !== 'string') {
      throw new SparnetError('bad-file', `${file}: lacks the size or the sha256 of ${name}`);
    }
  }
  return { step, files: parsed.files, state: parsed.state };
}

/**
 * The content of a file that a manifest lists.
 *
 * @throws SparnetError `missing-file` or `bad-file` when it is missing or not what was saved.
 */
export async function readListed(file: string, expected: ListedFile): Promise<Uint8Array> {
  const size = (await stat(file).catch((error: unknown) => Promise.reject(readError(file, error)))).size;
  if (size !== expected.bytes) {
    throw new SparnetError('bad-file', `${file}: has ${size} bytes instead of ${expected.bytes}`);
  }
  const content = await readWhole(file);
  if (describeFile(content).sha256 !== expected.sha256) {
    throw new SparnetError('bad-file', `${file}: is not what was saved (its sha256 differs)`);
  }
  return content;
}

/**
 * The content of a file.
 *
 * @throws SparnetError `missing-file` or `bad-file` when it cannot be read.
 */
export async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw readError(file, error);
  }
}

function parseJson(file: string, content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw new SparnetError('bad-file', `${file}: is not JSON (${(error as Error).message})`, {
      cause: error,
    });
  }
}

function readError(file: string, cause: unknown): SparnetError {
  const missing = (cause as { code?: unknown }).code === 'ENOENT';
  const reason = missing ? 'is missing' : `cannot be read (${(cause as Error).message})`;
  return new SparnetError(missing ? 'missing-file' : 'bad-file', `${file}: ${reason}`, { cause });
}
