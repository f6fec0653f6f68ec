import { SparnetError } from '@sparnet/core';
import { checkStateDict, checkText } from './check-state-dict.ts';
import { bytesOf } from './layout.ts';
import type { DType, StateDict } from './tensor-data.ts';

/** The reference implementation's order: larger elements first, so that every tensor is aligned. */
const dataOrder: readonly DType[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'I16', 'I8', 'U8', 'BOOL'];

/**
 * Writes a safetensors file, byte for byte like the reference implementation: tensors sorted by descending size of the
 * element type and then by name, the header padded with spaces to a multiple of eight. Equal content gives equal bytes,
 * whatever the order of the records.
 *
 * @param tensors - Any name but `__metadata__`.
 * @param options - `metadata` is free text to keep beside the tensors.
 * @returns The whole file.
 * @throws SparnetError `bad-argument` when a tensor's type, shape and data don't fit each other, or a text has no UTF-8
 *   form.
 */
export function formatSafetensors(
  tensors: StateDict,
  { metadata = {} }: { metadata?: Record<string, string> } = {},
): Uint8Array {
  checkStateDict(tensors);
  if (Object.hasOwn(tensors, '__metadata__')) {
    throw new SparnetError('bad-argument', 'a tensor cannot be named "__metadata__"; give text as metadata');
  }
  const encoder = new TextEncoder();
  const entries = Object.entries(tensors)
    .map(([name, tensor]) => ({
      name,
      tensor,
      order: dataOrder.indexOf(tensor.dtype),
      key: encoder.encode(name),
    }))
    .sort((a, b) => a.order - b.order || compareBytes(a.key, b.key));

  const fields = metadataField(metadata);
  let size = 0;
  for (const { name, tensor } of entries) {
    const { dtype, shape } = tensor;
    const end = size + tensor.data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [size, end] })}`);
    size = end;
  }
  const header = encoder.encode(`{${fields.join(',')}}`);
  const headerSize = Math.ceil(header.length / 8) * 8;

  const file = new Uint8Array(8 + headerSize + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerSize), true);
  file.fill(0x20, 8, 8 + headerSize);
  file.set(header, 8);
  let at = 8 + headerSize;
  for (const { tensor } of entries) {
    file.set(bytesOf(tensor), at);
    at += tensor.data.byteLength;
  }
  return file;
}

function metadataField(metadata: Record<string, string>): string[] {
  const texts = Object.entries(metadata)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => {
      if (typeof text !== 'string') throw new SparnetError('bad-argument', `metadata ${key} is not a text`);
      checkText(`metadata ${key}`, key + text);
      return `${JSON.stringify(key)}:${JSON.stringify(text)}`;
    });
  return texts.length > 0 ? [`"__metadata__":{${texts.join(',')}}`] : [];
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
