import { open } from 'node:fs/promises';
import { SparnetError } from '@sparnet/core';
import type { Image } from '../image.ts';
import { decodeImage } from './decode-image.ts';
import type { PicturePlace } from './open-pictures.ts';

/**
 * Reads and decodes a picture, to RGB as {@link decodeImage} does. The file is opened for this one read, so that any
 * number of archives needs no more than one handle a reader. Messages name the file and, in an archive, the member.
 *
 * @param place - From `placeOf`.
 * @param options.maxPixels - As in `decodeImage`.
 * @throws SparnetError for what is the picture's own fault: `bad-image` as `decodeImage`, `missing-file` when the file
 *   is not there any more, `bad-file` when it has become shorter; `read-failed` for the system's (permission, a disk or
 *   a network that fails), which may well be another time; `missing-package` without sharp.
 */
export async function readPicture(
  place: PicturePlace,
  { maxPixels }: { maxPixels?: number } = {},
): Promise<Image> {
  const bytes = await readBytes(place);
  // A member lies behind its header.
  const name = place.offset === 0 ? place.path : `${place.path}, ${place.name}`;
  return decodeImage(bytes, maxPixels === undefined ? { name } : { name, maxPixels });
}

async function readBytes({ path, offset, size }: PicturePlace): Promise<Uint8Array> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw readFailed(path, cause);
    throw new SparnetError('missing-file', `${path} is not there any more`, { cause });
  });
  try {
    const bytes = new Uint8Array(size);
    for (let filled = 0; filled < size;) {
      const { bytesRead } = await handle
        .read(bytes, filled, size - filled, offset + filled)
        .catch((cause: Error) => Promise.reject(readFailed(path, cause)));
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

function readFailed(path: string, cause: Error): SparnetError {
  const message = `${path} can't be read (${cause.message}); check the disk and its permissions, then go on`;
  return new SparnetError('read-failed', message, { cause });
}
