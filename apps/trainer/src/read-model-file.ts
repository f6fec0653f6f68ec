import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SparnetError } from '@sparnet/core';
import { pretrained } from '@sparnet/pretrained';
import type { WeightsFile } from './compute/messages.ts';

/** A file that was read, and the SHA-256 of its bytes in lower-case hexadecimal digits. */
export interface ModelFile extends WeightsFile {
  sha256: string;
}

/**
 * Read a model file that somebody named, by its path or as a published model. The file of a published model must have
 * the bytes that were published, as `loadModel` wants it for one that it is given by name.
 *
 * @param file - The path, which `withWholePaths` has put in the place of a name.
 * @param flag - Where it was named, for messages.
 * @throws SparnetError `missing-file` that says what to name when there is no such file, or it is a folder; `bad-file`
 *   when it is that of a published model and has other bytes.
 */
export async function readModelFile(file: string, flag: string): Promise<ModelFile> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new SparnetError('missing-file', whyNot(file, flag, cause), { cause });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const published = publishedAt(file);
  if (published && published.sha256 !== sha256) {
    const what =
      bytes.length === published.bytes
        ? 'other bytes'
        : `${bytes.length} bytes instead of ${published.bytes}`;
    throw new SparnetError(
      'bad-file',
      `${flag} ${published.name}: ${file} is not the published model (${what}); fetch or install it again`,
    );
  }
  return { bytes, file, sha256 };
}

function whyNot(file: string, flag: string, { code, message }: NodeJS.ErrnoException): string {
  if (code !== 'ENOENT' && code !== 'EISDIR') return `${flag} ${file}: can't be read: ${message}`;
  return (
    `${flag} ${file}: ${code === 'EISDIR' ? 'this is a folder' : 'there is no such file'}; name the file of a network, ` +
    `such as model.safetensors of a training, or a published model: ${Object.keys(pretrained).join(', ')}`
  );
}

function publishedAt(file: string) {
  return Object.values(pretrained).find(({ url }) => fileURLToPath(url) === file);
}
