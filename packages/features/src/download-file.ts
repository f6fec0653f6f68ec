import { SparnetError, isSparnetError } from '@sparnet/core';
import { flushFolder, makeFolder, temporaryBeside, writeError } from '@sparnet/core/node';
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Fetch a file to `place`: written beside it, checked, flushed and renamed, so that what lies there is whole.
 *
 * @param sha256 - Digits that the hexadecimal digest must begin with.
 * @throws SparnetError `missing-file` when it can't be fetched; `bad-file` when it is another file, or can't be written.
 */
export async function downloadFile({
  url,
  place,
  sha256,
  fetch,
}: {
  url: string;
  place: string;
  sha256: string;
  fetch: typeof globalThis.fetch;
}): Promise<void> {
  const failed = (cause: unknown): never => {
    throw notFetched(url, place, reasonOf(cause), cause);
  };
  const response = await fetch(url).catch(failed);
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw notFetched(url, place, `the server answered ${response.status} ${response.statusText}`.trim());
  }
  await makeFolder(dirname(place));
  const beside = temporaryBeside(place);
  try {
    const { digest, size } = await save(response.body, beside).catch(failed);
    const promised = response.headers.get('content-length');
    const encoded = response.headers.has('content-encoding');
    if (promised !== null && !encoded && Number(promised) !== size)
      throw notFetched(url, place, `the connection ended after ${size} of ${promised} bytes`);
    if (!digest.startsWith(sha256)) {
      throw new SparnetError(
        'bad-file',
        `${url} gave another file than expected: sha256 ${digest} (${size} bytes) instead of ${sha256}` +
          `${sha256.length < 64 ? '...' : ''}; nothing was kept. Fetch it by other means and save it as ${place}`,
      );
    }
    await rename(beside, place).catch((cause: unknown) => {
      throw writeError(place, cause);
    });
    await flushFolder(dirname(place));
  } finally {
    await rm(beside, { force: true });
  }
}

/** What to do by hand when weights can't be fetched. */
export function notFetched(url: string, place: string, reason: string, cause?: unknown): SparnetError {
  return new SparnetError(
    'missing-file',
    `${place}: these weights could not be fetched, for ${reason}. Fetch ${url} and save it as ${place}, or name the ` +
      'folder that holds it in the environment variable SPARNET_WEIGHTS',
    { cause },
  );
}

async function save(
  body: ReadableStream<Uint8Array>,
  place: string,
): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(place, 'wx').catch((cause: unknown) => {
    throw writeError(place, cause);
  });
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk).catch((cause: unknown) => {
        throw writeError(place, cause);
      });
    }
    await file.sync();
    return { digest: hash.digest('hex'), size };
  } finally {
    await file.close();
  }
}

/** Node hides the reason of a failed request in its cause. */
function reasonOf(error: unknown): string {
  if (isSparnetError(error)) throw error;
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
