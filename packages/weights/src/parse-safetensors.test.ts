import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatSafetensors, parseSafetensors } from './index.ts';

function file(header: string | Uint8Array, dataSize = 0, headerSize?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataSize);
  new DataView(bytes.buffer).setBigUint64(0, headerSize ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const two = (first: string, second: string) =>
  `{"a":{"dtype":"U8","shape":[4],"data_offsets":${first}},"b":{"dtype":"U8","shape":[4],"data_offsets":${second}}}`;
const one = (fields: string) => `{"a":{${fields}}}`;

test.each([
  ['no bytes', new Uint8Array(0), 'too few'],
  ['seven bytes', new Uint8Array(7), 'too few'],
  ['a header longer than the limit', file('{}', 0, 100_000_001n), 'more than 100000000'],
  ['a header of 2^64 - 1 bytes', file('{}', 0, 2n ** 64n - 1n), 'more than 100000000'],
  ['a header longer than the file', file('{}', 0, 3n), 'cut short'],
  ['an empty header', file(''), 'does not begin with {'],
  ['a header that begins with a space', file(' {}'), 'does not begin with {'],
  ['a byte order mark', file('\ufeff{}'), 'does not begin with {'],
  ['a header that is no object', file('[]'), 'does not begin with {'],
  ['invalid UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), 'not UTF-8'],
  ['JSON that is cut short', file('{"a":'), 'expected a value'],
  ['text after the JSON', file('{}x'), 'more text after the end'],
  ['zeros after the JSON', file('{}\0\0'), 'more text after the end'],
  ['a trailing comma', file('{"__metadata__":{},}'), 'expected a key'],
  ['a string that is cut short', file('{"a'), 'cut short'],
  ['a control character in a string', file('{"a\n":1}'), 'illegal character'],
  ['half of a surrogate pair', file('{"\\ud800":1}'), 'illegal character or escape'],
  ['nesting without end', file(`{"a":${'['.repeat(100_000)}`), 'nesting deeper than 128'],
  ['a repeated tensor', file(two('[0,4]', '[4,8]').replace('"b"', '"a"'), 8), '"a" is repeated'],
  [
    'a tensor repeated by an escape',
    file(two('[0,4]', '[4,8]').replace('"b"', '"\\u0061"'), 8),
    '"a" is repeated',
  ],
  ['repeated metadata', file('{"__metadata__":{"k":"1","k":"2"}}'), '"k" is repeated'],
  ['repeated fields', file(one('"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]'), 4), 'repeated'],
  ['metadata that is no object', file('{"__metadata__":"x"}'), '__metadata__ is not an object'],
  ['metadata that is no text', file('{"__metadata__":{"k":1}}'), '__metadata__.k is not a text'],
  ['an overlap', file(two('[0,4]', '[2,6]'), 6), 'overlaps'],
  ['one range for two tensors', file(two('[0,4]', '[0,4]'), 4), 'overlaps'],
  ['a hole', file(two('[0,4]', '[5,9]'), 9), 'leaves a hole'],
  ['a hole at the start', file(one('"dtype":"U8","shape":[4],"data_offsets":[1,5]'), 5), 'leaves a hole'],
  ['an end before the start', file(one('"dtype":"U8","shape":[4],"data_offsets":[4,0]'), 4), 'span -4'],
  [
    'a size that is not the shape’s',
    file(one('"dtype":"F32","shape":[4],"data_offsets":[0,4]'), 4),
    'needs 16 bytes',
  ],
  [
    'a product past 2^64',
    file(one(`"dtype":"U8","shape":[${'4294967296,'.repeat(2)}1],"data_offsets":[0,0]`)),
    'valid shape',
  ],
  [
    'a product that wraps to 4',
    file(one('"dtype":"U8","shape":[4294967297,4294967300],"data_offsets":[0,4]'), 4),
    'valid shape',
  ],
  [
    'a size past 2^53',
    file(one('"dtype":"U8","shape":[9007199254740993,0],"data_offsets":[0,0]')),
    'valid shape',
  ],
  ['a negative size', file(one('"dtype":"U8","shape":[-4],"data_offsets":[0,4]'), 4), 'valid shape'],
  ['a fraction', file(one('"dtype":"U8","shape":[4.0],"data_offsets":[0,4]'), 4), 'valid shape'],
  ['an exponent', file(one('"dtype":"U8","shape":[4e0],"data_offsets":[0,4]'), 4), 'valid shape'],
  ['a size in quotes', file(one('"dtype":"U8","shape":["4"],"data_offsets":[0,4]'), 4), 'valid shape'],
  ['a missing shape', file(one('"dtype":"U8","data_offsets":[0,4]'), 4), 'valid shape'],
  ['three offsets', file(one('"dtype":"U8","shape":[4],"data_offsets":[0,4,4]'), 4), 'two data offsets'],
  ['missing offsets', file(one('"dtype":"U8","shape":[4]'), 4), 'two data offsets'],
  [
    'an unknown type',
    file(one('"dtype":"F31","shape":[4],"data_offsets":[0,4]'), 4),
    'no known element type',
  ],
  [
    'a type from the prototype',
    file(one('"dtype":"toString","shape":[4],"data_offsets":[0,4]'), 4),
    'no known element type',
  ],
  ['a tensor that is no object', file('{"a":4}'), 'described by no object'],
  ['data that is cut short', file(one('"dtype":"U8","shape":[4],"data_offsets":[0,4]'), 3), 'cut short'],
  ['bytes after the data', file(one('"dtype":"U8","shape":[4],"data_offsets":[0,4]'), 5), '1 bytes follow'],
  ['bytes without tensors', file('{}', 1), '1 bytes follow'],
])('%s is refused', (_, bytes, message) => {
  expect(() => parseSafetensors(bytes, { name: 'x.safetensors' })).toThrow(
    expect.objectContaining({
      code: 'bad-file',
      message: expect.stringMatching(new RegExp(`^x\\.safetensors: .*${message}`)) as string,
    }) as Error,
  );
});

test('a legal type outside SPARNet is named', () => {
  const bytes = file(one('"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]'), 4);
  expect(() => parseSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error);
});

test('what the format allows is read', () => {
  expect(Object.keys(parseSafetensors(file('{}')).tensors)).toEqual([]);
  expect(Object.keys(parseSafetensors(file('{ } \n\t ')).tensors)).toEqual([]);
  expect(Object.keys(parseSafetensors(file('{"__metadata__":null}')).tensors)).toEqual([]);
  const scalar = parseSafetensors(file(one('"dtype":"F32","shape":[],"data_offsets":[0,4]'), 4)).tensors;
  expect(scalar).toEqual(
    Object.assign(Object.create(null), { a: { dtype: 'F32', shape: [], data: new Float32Array(1) } }),
  );
  const empty = parseSafetensors(
    file(one('"dtype":"F32","shape":[0,3],"data_offsets":[0,0],"more":{"x":[-1.5e3]}')),
  );
  expect(empty.tensors['a']?.data.length).toBe(0);
  const swapped = parseSafetensors(file(two('[4,8]', '[0,4]'), 8));
  expect(Object.keys(swapped.tensors)).toEqual(['b', 'a']);
  const { metadata } = parseSafetensors(file('{"__metadata__":{"__proto__":"x","q\\"\\\\":"\\u00e9"}}'));
  expect(Object.entries(metadata)).toEqual([
    ['__proto__', 'x'],
    ['q"\\', 'é'],
  ]);
});

test.each(['expected', 'expected-half', 'expected-opts', 'expected-views'])(
  '%s.safetensors, written by the reference implementation, is written again byte for byte',
  (stem) => {
    const path = new URL(`../../../vectors/pth-formats/${stem}.safetensors`, import.meta.url);
    const bytes = new Uint8Array(readFileSync(path));
    expect(Buffer.compare(formatSafetensors(parseSafetensors(bytes).tensors), bytes)).toBe(0);
  },
);
