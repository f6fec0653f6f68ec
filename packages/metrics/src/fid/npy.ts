import { SparnetError } from '@sparnet/core';

/** An array of numpy. */
export interface NpyArray {
  shape: number[];
  values: Float64Array;
}

const readers: Record<string, { size: number; read: (view: DataView, at: number) => number }> = {
  '<f8': { size: 8, read: (view, at) => view.getFloat64(at, true) },
  '<f4': { size: 4, read: (view, at) => view.getFloat32(at, true) },
  '<i8': { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '|u1': { size: 1, read: (view, at) => view.getUint8(at) },
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** The bytes of a `.npy` file, version 1.0: double precision, rows first. */
export function formatNpy({ shape, values }: NpyArray): Uint8Array {
  const head = header('<f8', shape);
  const bytes = new Uint8Array(head.length + 8 * values.length);
  bytes.set(head);
  const view = new DataView(bytes.buffer, head.length);
  values.forEach((value, i) => view.setFloat64(8 * i, value, true));
  return bytes;
}

/** The bytes of a `.npy` file that holds `bytes` themselves. */
export function formatNpyBytes(bytes: Uint8Array): Uint8Array {
  const head = header('|u1', [bytes.length]);
  const result = new Uint8Array(head.length + bytes.length);
  result.set(head);
  result.set(bytes, head.length);
  return result;
}

function header(type: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The data begin at a multiple of 64 bytes, and the header ends with a line feed.
  const length = Math.ceil((magic.length + 4 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/**
 * Reads a `.npy` file of numbers: little-endian float64, float32, int64 or bytes.
 *
 * @param name - The file's name for messages.
 * @throws SparnetError `bad-file` when it is none, or its array is of another kind.
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) throw bad(name, 'it is no .npy array');
  const long = bytes[6]! > 1;
  const from = long ? 12 : 10;
  const dataAt = from + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const text = new TextDecoder().decode(bytes.subarray(from, dataAt));
  const type = /'descr': '([^']*)'/.exec(text)?.[1];
  const reader = readers[type ?? ''];
  if (!reader) throw bad(name, `it holds ${type ?? 'records'}; save it as float64`);
  const sizes = /'shape': \(([\d, ]*)\)/.exec(text)?.[1];
  if (sizes === undefined) throw bad(name, 'its shape cannot be read');
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  if (shape.length > 1 && !text.includes("'fortran_order': False")) {
    throw bad(name, 'it is stored columns first; save numpy.ascontiguousarray of it');
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length - dataAt !== count * reader.size) {
    throw bad(name, `its shape needs ${count * reader.size} bytes, but it has ${bytes.length - dataAt}`);
  }
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = reader.read(view, dataAt + i * reader.size);
  return { shape, values };
}

function bad(name: string, problem: string): SparnetError {
  return new SparnetError('bad-file', `${name}: ${problem}`);
}
