import { isSparnetError } from '@sparnet/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPth, formatSafetensors, parsePth, parseSafetensors, parseWeights } from './index.ts';
import { bytesOf, itemSizeOf, tensorOn } from './layout.ts';
import type { DType, StateDict, TensorData } from './index.ts';

const dtypes: DType[] = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'];

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', '0', '10', '9', 'encoder.1.conv1.conv2d.weight'),
);
const tensor = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    seed: fc.integer(),
  })
  .map(({ dtype, shape, seed }): TensorData => {
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = Uint8Array.from(
      { length: count * itemSizeOf(dtype) },
      (_, i) => Math.imul(seed + i, 0x9e3779b1) >>> 24,
    );
    return tensorOn(bytes, dtype, shape);
  });
const stateDict = fc.array(fc.tuple(name, tensor), { maxLength: 8 }).map((entries) => {
  const tensors = Object.create(null) as StateDict;
  for (const [key, value] of entries) tensors[key] = value;
  return tensors;
});

function plain(tensors: StateDict): Map<string, unknown> {
  return new Map(
    Object.entries(tensors)
      .map(
        ([key, value]) =>
          [key, { dtype: value.dtype, shape: value.shape, bytes: [...bytesOf(value)] }] as const,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

test('safetensors give back what was written', () => {
  const metadata = fc.dictionary(name, fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(stateDict, metadata, (tensors, texts) => {
      const bytes = formatSafetensors(tensors, { metadata: texts });
      const read = parseSafetensors(bytes);
      expect(plain(read.tensors)).toEqual(plain(tensors));
      expect(new Map(Object.entries(read.metadata))).toEqual(new Map(Object.entries(texts)));
      expect(Buffer.compare(formatSafetensors(read.tensors, { metadata: read.metadata }), bytes)).toBe(0);
      expect(Object.getPrototypeOf(read.tensors)).toBe(null);
    }),
  );
});

test('pth files give back what was written', () => {
  fc.assert(
    fc.property(stateDict, (tensors) => {
      const bytes = formatPth(tensors);
      const read = parsePth(bytes) as StateDict;
      expect(plain(read)).toEqual(plain(tensors));
      expect(Buffer.compare(formatPth(read), bytes)).toBe(0);
    }),
  );
});

test('bytes that begin anywhere in memory read alike', () => {
  const tensors: StateDict = {
    a: { dtype: 'F64', shape: [2], data: Float64Array.of(1.5, -2) },
    b: { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) },
  };
  for (const bytes of [formatSafetensors(tensors), formatPth(tensors)]) {
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    expect(plain(parseWeights(shifted))).toEqual(plain(tensors));
  }
});

test('tensors are views on the file when its alignment allows', () => {
  const tensors: StateDict = { a: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) } };
  for (const bytes of [formatSafetensors(tensors), formatPth(tensors)]) {
    expect(parseWeights(bytes)['a']?.data.buffer).toBe(bytes.buffer);
  }
});

test.each([
  ['safetensors', formatSafetensors],
  ['pth', formatPth],
])('a damaged %s file reads, or fails with our error', (_, format) => {
  const sample = fc.record({
    tensors: stateDict,
    flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
    kept: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.boolean(),
  });
  const unexpected: unknown[] = [];
  const check = fc.property(sample, ({ tensors, flips, kept, cut }) => {
    const whole = format(tensors);
    const bytes = cut ? whole.slice(0, Math.floor(kept * whole.length)) : whole;
    for (const [at, mask] of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= mask;
    try {
      parseWeights(bytes, { name: 'damaged.bin' });
    } catch (error) {
      if (!isSparnetError(error) || !error.message.startsWith('damaged.bin: ')) unexpected.push(error);
    }
    return unexpected.length === 0;
  });
  fc.assert(check, { numRuns: 400 });
  expect(unexpected).toEqual([]);
});

test('what does not fit together is not written', () => {
  const cases: [StateDict, RegExp][] = [
    [{ w: { dtype: 'F32', shape: [2], data: new Float32Array(3) } }, /shape of tensor "w", got \[2\]/],
    [{ w: { dtype: 'F32', shape: [-1], data: new Float32Array(0) } }, /shape of tensor "w"/],
    [
      { w: { dtype: 'F32', shape: [1], data: new Float64Array(1) as never } },
      /data of tensor "w", got Float64Array/,
    ],
    [{ w: { dtype: 'F8' as never, shape: [1], data: new Uint8Array(1) } }, /dtype of tensor "w", got "F8"/],
    [{ '\ud800': { dtype: 'U8', shape: [1], data: new Uint8Array(1) } }, /lone surrogate/],
  ];
  for (const [tensors, message] of cases) {
    expect(() => formatSafetensors(tensors)).toThrow(message);
    expect(() => formatPth(tensors)).toThrow(message);
  }
  const data = new Uint8Array(1);
  expect(() => formatSafetensors({ ['__metadata__']: { dtype: 'U8', shape: [1], data } })).toThrow(
    '__metadata__',
  );
  expect(() => formatSafetensors({}, { metadata: { a: 1 as never } })).toThrow('metadata a is not a text');
});
