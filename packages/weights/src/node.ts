import { open } from 'node:fs/promises';
import { isSparnetError, SparnetError } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { formatPth } from './format-pth.ts';
import { formatSafetensors } from './format-safetensors.ts';
import { parsePth } from './parse-pth.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { parseWeights } from './parse-weights.ts';
import type { PthValue } from './pth-value.ts';
import type { StateDict } from './tensor-data.ts';

/** Some systems refuse to read 2 GiB or more at once. */
const maxRead = 2 ** 30;

/**
 * Reads the state dict of a weights file: safetensors, or a PyTorch checkpoint of either kind, whatever it is called.
 *
 * @throws SparnetError `missing-file`, or what `parseWeights` throws.
 */
export async function readWeights(file: string): Promise<StateDict> {
  return parseWeights(await readBytes(file), { name: file });
}

/**
 * Reads a safetensors file: its tensors and its metadata.
 *
 * @throws SparnetError `missing-file`, or what `parseSafetensors` throws.
 */
export async function readSafetensors(
  file: string,
): Promise<{ tensors: StateDict; metadata: Record<string, string> }> {
  return parseSafetensors(await readBytes(file), { name: file });
}

/**
 * Reads the whole object of a PyTorch checkpoint.
 *
 * @throws SparnetError `missing-file`, or what `parsePth` throws.
 */
export async function readPth(file: string): Promise<PthValue> {
  return parsePth(await readBytes(file), { name: file });
}

/**
 * Writes a safetensors file: beside its place, synced, then renamed, so that a crash leaves the old file or the new.
 *
 * @throws SparnetError what `formatSafetensors` throws; `missing-file` when the folder is not there.
 */
export async function writeSafetensors(
  file: string,
  tensors: StateDict,
  { metadata = {} }: { metadata?: Record<string, string> } = {},
): Promise<void> {
  await replaceFile(file, formatSafetensors(tensors, { metadata }));
}

/**
 * Writes a PyTorch checkpoint that holds the state dict, in the same safe way as {@link writeSafetensors}.
 *
 * @throws SparnetError what `formatPth` throws; `missing-file` when the folder is not there.
 */
export async function writePth(file: string, tensors: StateDict): Promise<void> {
  await replaceFile(file, formatPth(tensors));
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readWhole(file);
  } catch (cause) {
    if (isSparnetError(cause)) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw new SparnetError('missing-file', `${file}: no such file or folder`, { cause });
    throw new SparnetError('bad-file', `${file}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function readWhole(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(size - at, maxRead));
      if (bytesRead === 0) throw new SparnetError('bad-file', `${file}: became shorter while it was read`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
