import { badFile } from './bad-file.ts';
import { parsePth } from './parse-pth.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { stateDictOf } from './state-dict-of.ts';
import type { StateDict } from './tensor-data.ts';

/**
 * Reads the state dict of a weights file of any kind that this package knows, which its content tells: safetensors, or a
 * PyTorch checkpoint (zip archive or legacy stream), in which {@link stateDictOf} looks for it.
 *
 * @param bytes - The whole file.
 * @param options - `name` is the file's name for messages.
 * @throws SparnetError `bad-file`, `unsafe-file` or `unsupported`, as the reader of that kind of file does.
 */
export function parseWeights(bytes: Uint8Array, { name = 'weights' }: { name?: string } = {}): StateDict {
  if (bytes.length === 0) throw badFile(name, 'the file is empty');
  if (looksLikeSafetensors(bytes)) return parseSafetensors(bytes, { name }).tensors;
  if (bytes[0] === 0x80 || (bytes[0] === 0x50 && bytes[1] === 0x4b)) {
    return stateDictOf(parsePth(bytes, { name }), { name });
  }
  throw badFile(name, 'neither safetensors nor a PyTorch checkpoint');
}

/** A header below 4 GiB that begins with a brace: neither a zip archive nor a pickle can look so. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
}
