import { checkStateDict } from './check-state-dict.ts';
import { bytesOf } from './layout.ts';
import { pickleStateDict } from './pickle-state-dict.ts';
import type { StateDict } from './tensor-data.ts';
import { writeZip } from './write-zip.ts';

/**
 * Writes a PyTorch checkpoint, the zip archive of PyTorch 1.6 and later, that holds an OrderedDict of tensors in the
 * order of the record. `torch.load(file, weights_only=True)` reads it. Equal input gives equal bytes.
 *
 * @returns The whole file.
 * @throws SparnetError `bad-argument` when a tensor's type, shape and data don't fit each other, or a name has no UTF-8
 *   form; `unsupported` when the file would pass 4 GiB.
 */
export function formatPth(tensors: StateDict): Uint8Array {
  checkStateDict(tensors);
  const ascii = new TextEncoder();
  const entries = new Map<string, Uint8Array>([
    ['archive/data.pkl', pickleStateDict(tensors)],
    ['archive/byteorder', ascii.encode('little')],
  ]);
  for (const [index, tensor] of Object.values(tensors).entries()) {
    entries.set(`archive/data/${index}`, bytesOf(tensor));
  }
  entries.set('archive/version', ascii.encode('3\n'));
  return writeZip(entries);
}
