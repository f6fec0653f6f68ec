import { SparnetError } from '@sparnet/core';
import { badFile } from './bad-file.ts';
import { parseHeaderJson, type HeaderValue } from './header-json.ts';
import { elementCount, isDType, itemSizeOf, tensorOn } from './layout.ts';
import type { DType, StateDict } from './tensor-data.ts';

/** The reference implementation's limit on the header, in bytes. */
const maxHeader = 100_000_000;

/** Legal in the format, but not part of SPARNet's weights. */
const otherTypes = 'U16 U32 U64 C64 F4 F6_E2M3 F6_E3M2 F8_E5M2 F8_E4M3 F8_E8M0 F8_E5M2FNUZ F8_E4M3FNUZ'.split(
  ' ',
);

interface Entry {
  key: string;
  dtype: DType;
  shape: readonly number[];
  begin: number;
  end: number;
}

/**
 * Reads a safetensors file. Tensors are views on `bytes` wherever the alignment of their element type allows, so writing
 * to one writes to the other. Everything that the reference implementation refuses is refused, and a repeated key, too.
 *
 * @param bytes - The whole file.
 * @param options - `name` is the file's name for messages.
 * @returns The tensors, in the order of the file's data, and the free text of `__metadata__`.
 * @throws SparnetError `bad-file` when the bytes break a rule of the format, `unsupported` for an element type outside
 *   {@link DType}.
 */
export function parseSafetensors(
  bytes: Uint8Array,
  { name = 'safetensors data' }: { name?: string } = {},
): { tensors: StateDict; metadata: Record<string, string> } {
  const { header, dataStart } = readHeader(bytes, name);
  const metadata = readMetadata(header.get('__metadata__'), name);
  header.delete('__metadata__');
  const entries = [...header].map(([key, value]) => readEntry(key, value, name));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  const tensors = Object.create(null) as StateDict;
  let position = 0;
  for (const { key, dtype, shape, begin, end } of entries) {
    if (begin !== position) {
      const problem = begin < position ? 'overlaps the one before' : 'leaves a hole before it';
      throw badFile(name, `tensor ${JSON.stringify(key)} ${problem}: it begins at ${begin}, not ${position}`);
    }
    if (dataStart + end > bytes.length) {
      throw badFile(
        name,
        `tensor ${JSON.stringify(key)} ends after the file, which is cut short; get it again`,
      );
    }
    tensors[key] = tensorOn(bytes.subarray(dataStart + begin, dataStart + end), dtype, shape);
    position = end;
  }
  if (dataStart + position !== bytes.length) {
    throw badFile(name, `${bytes.length - dataStart - position} bytes follow the last tensor`);
  }
  return { tensors, metadata };
}

function readHeader(
  bytes: Uint8Array,
  name: string,
): { header: Map<string, HeaderValue>; dataStart: number } {
  if (bytes.length < 8) throw badFile(name, `${bytes.length} bytes are too few for a safetensors file`);
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > BigInt(maxHeader)) {
    throw badFile(
      name,
      `the header would be ${size} bytes long, more than ${maxHeader}; no safetensors file?`,
    );
  }
  const dataStart = 8 + Number(size);
  if (dataStart > bytes.length) throw badFile(name, 'the header ends after the file, which is cut short');
  const text = decodeUtf8(bytes.subarray(8, dataStart), name);
  if (text[0] !== '{') throw badFile(name, 'the header does not begin with {');
  const header = parseHeaderJson(text, name);
  return { header: header as Map<string, HeaderValue>, dataStart };
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badFile(name, 'the header is not UTF-8', { cause });
  }
}

function readMetadata(value: HeaderValue | undefined, name: string): Record<string, string> {
  const metadata = Object.create(null) as Record<string, string>;
  if (value === undefined || value === null) return metadata;
  if (!(value instanceof Map)) throw badFile(name, '__metadata__ is not an object');
  for (const [key, text] of value) {
    if (typeof text !== 'string') throw badFile(name, `__metadata__.${key} is not a text`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(key: string, value: HeaderValue, name: string): Entry {
  const label = `tensor ${JSON.stringify(key)}`;
  if (!(value instanceof Map)) throw badFile(name, `${label} is described by no object`);
  const dtype = value.get('dtype');
  if (typeof dtype === 'string' && otherTypes.includes(dtype)) {
    throw new SparnetError('unsupported', `${name}: ${label} is of type ${dtype}; convert it to F32 or F16`);
  }
  if (!isDType(dtype)) throw badFile(name, `${label} has no known element type`);

  const shape = value.get('shape');
  const count = Array.isArray(shape) ? elementCount(shape) : undefined;
  if (count === undefined) throw badFile(name, `${label} has no valid shape, or one of too many elements`);

  const offsets = value.get('data_offsets');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(Number.isSafeInteger)) {
    throw badFile(name, `${label} has no two data offsets`);
  }
  const [begin, end] = offsets as [number, number];
  const size = count * itemSizeOf(dtype);
  if (end - begin !== size) {
    throw badFile(name, `${label} needs ${size} bytes, but its data offsets span ${end - begin}`);
  }
  return { key, dtype, shape: shape as number[], begin, end };
}
