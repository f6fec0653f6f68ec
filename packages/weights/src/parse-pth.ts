import { SparnetError } from '@sparnet/core';
import { badFile } from './bad-file.ts';
import { itemSizeOf } from './layout.ts';
import { parseLegacyPth } from './parse-legacy-pth.ts';
import type { PthValue } from './pth-value.ts';
import { readZip } from './read-zip.ts';
import { fillTensors } from './storage.ts';
import { unpickle } from './unpickle.ts';

/**
 * Reads a PyTorch checkpoint: the zip archive of PyTorch 1.6 and later, or the legacy stream before it. Nothing in the
 * file is run: tensors, containers, numbers and texts are built, anything else is refused by name. Tensors are views on
 * `bytes` where their layout and alignment allow, and those that shared memory when saved still do.
 *
 * Parameters read as tensors, devices are ignored, and so is the `_metadata` of a state dict. A dict of which two keys
 * read alike (`1` and `'1'`) is refused.
 *
 * @param bytes - The whole file.
 * @param options - `name` is the file's name for messages.
 * @returns The saved object; {@link stateDictOf} finds the state dict in it.
 * @throws SparnetError `unsafe-file` when the file wants to import or call anything, `bad-file` when it is damaged or no
 *   checkpoint, `unsupported` for big-endian files and the few tensors that have no plain form.
 */
export function parsePth(bytes: Uint8Array, { name = 'checkpoint' }: { name?: string } = {}): PthValue {
  if (bytes.length === 0) throw badFile(name, 'the file is empty');
  if (bytes[0] === 0x80) return parseLegacyPth(bytes, name);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return parseZipPth(bytes, name);
  throw badFile(name, 'no PyTorch checkpoint: it begins neither like a zip archive nor like a pickle');
}

function parseZipPth(bytes: Uint8Array, name: string): PthValue {
  const entries = readZip(bytes, name);
  const [path, ...more] = [...entries.keys()].filter((key) => /^[^/]*\/data\.pkl$/.test(key));
  if (path === undefined || more.length > 0) {
    throw badFile(name, 'no PyTorch checkpoint: the zip archive has no single data.pkl');
  }
  const folder = path.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little') {
    throw new SparnetError('unsupported', `${name}: saved on a big-endian machine; save it again on another`);
  }
  const pickle = entries.get(path) as Uint8Array;
  const { value, end, tensors } = unpickle(pickle, { name });
  if (end !== pickle.length) throw badFile(name, 'more data follows the pickled object');
  fillTensors(
    tensors,
    ({ key, dtype, count }) => {
      const content = entries.get(`${folder}data/${key}`);
      if (content === undefined) throw badFile(name, `the storage ${key} is missing; get the file again`);
      if (content.length !== count * itemSizeOf(dtype)) {
        throw badFile(
          name,
          `the storage ${key} has ${content.length} bytes, not ${count} elements of ${dtype}`,
        );
      }
      return content;
    },
    { fileSize: bytes.length, name },
  );
  return value;
}
