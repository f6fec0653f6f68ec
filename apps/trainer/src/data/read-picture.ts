import { open } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import type { Box } from './boxes.ts';

/** Where the bytes of a picture lie. */
export interface Place {
  name: string;
  /** The picture's own file or the archive that holds it. */
  path: string;
  /** First byte in `path`. */
  offset: number;
  /** Bytes. */
  size: number;
  /** The face box, where one is known. */
  box?: Box;
}

/**
 * The encoded bytes of a picture. The file is opened for this one read, so that any number of archives needs no more
 * than one handle a reader.
 *
 * @throws SparnetError `missing-file` when the file is not there any more, `bad-file` when it has become shorter. A
 *   disk that fails is another error, which ends the run: leaving pictures out would change what it learns from.
 */
export async function readPicture({ path, offset, size }: Place): Promise<Uint8Array> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
      throw new SparnetError('missing-file', `${path} is not there any more`, { cause });
    }
    throw diskError(path, cause);
  });
  try {
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle
        .read(bytes, filled, size - filled, offset + filled)
        .catch((cause: Error) => Promise.reject(diskError(path, cause)));
      if (bytesRead === 0) {
        throw new SparnetError(
          'bad-file',
          `${path}, offset ${offset + filled}: the file has become shorter since it was indexed`,
        );
      }
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Not one of ours: `isUnreadable` takes those for a picture's own fault. */
function diskError(path: string, cause: Error): Error {
  return new Error(
    `${path} can't be read (${cause.message}); check the disk and its permissions, then resume`,
    {
      cause,
    },
  );
}
