import { isSparnetError } from '@sparnet/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpickle } from './unpickle.ts';

/** A pickle from text, in which a character is a byte. */
const pickle = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const read = (text: string) => unpickle(pickle(`\x80\x02${text}`), { name: 'x.pth' }).value;
const failure = (code: string, message: string | RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

const orderedDict = 'ccollections\nOrderedDict\n';
const storage = (count: string) => `(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpu${count}tQ`;
const tensor = (rest: string, count = 'K\x06') =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage(count)}${rest}tR.`;

test('plain values read as in Python', () => {
  expect(read('(N\x88\x89K\xffM\xff\xffJ\xff\xff\xff\xfft.')).toEqual([null, true, false, 255, 65535, -1]);
  expect(read('G\x3f\xf8\x00\x00\x00\x00\x00\x00.')).toBe(1.5);
  expect(read('X\x02\x00\x00\x00\xc3\xa9.')).toBe('é');
  expect(read('\x8a\x00.')).toBe(0);
  expect(read('\x8a\x02\x00\xff.')).toBe(-256);
  expect(read('\x8a\x07\xff\xff\xff\xff\xff\xff\x1f.')).toBe(2 ** 53 - 1);
  expect(read('\x8a\x08\x00\x00\x00\x00\x00\x00\x20\x00.')).toBe(2n ** 53n);
  expect(read('](K\x01K\x02e.')).toEqual([1, 2]);
  expect(read('}(U\x01aK\x01K\x02]u.')).toEqual(Object.assign(Object.create(null), { a: 1, 2: [] }));
  expect(read(']q\x00h\x00\x86.')).toEqual([[], []]);
});

test('tuples are frozen arrays, dicts have no prototype', () => {
  expect(Object.isFrozen(read(').'))).toBe(true);
  expect(Object.isFrozen(read('].'))).toBe(false);
  const dict = read('}U\x09__proto__K\x01s.') as Record<string, unknown>;
  expect(Object.getPrototypeOf(dict)).toBe(null);
  expect(Object.entries(dict)).toEqual([['__proto__', 1]]);
});

test.each([
  ['a global', 'cos\nsystem\n.', 'the global os\\.system'],
  ['a global of builtins', 'c__builtin__\neval\n.', '__builtin__\\.eval'],
  ['a global that is a prefix of a good one', 'ctorch\nFloatStorage2\n.', 'torch\\.FloatStorage2'],
  ['a global named like a method of a record', 'ctoString\n\n.', 'toString\\.'],
  ['a global of a dotted path', 'ccollections.OrderedDict\n__init__\n.', '__init__'],
  ['STACK_GLOBAL of an evil name', '\x8c\x02os\x8c\x06system\x93.', 'os\\.system by STACK_GLOBAL'],
  ['STACK_GLOBAL of a good name', '\x8c\x0bcollections\x8c\x0bOrderedDict\x93.', 'STACK_GLOBAL'],
  ['INST', '(ios\nsystem\n.', 'os\\.system'],
  ['OBJ', `(${orderedDict}o.`, 'OBJ'],
  ['NEWOBJ', `${orderedDict})\x81.`, 'NEWOBJ'],
  ['EXT1', '\x82\x01.', 'EXT1'],
  ['a call of a storage type', 'ctorch\nFloatStorage\n)R.', 'a call'],
  ['a call of a text', 'U\x01a)R.', 'a call'],
  ['a call of a dict that looks like a global', '}U\x04nameU\x17collections.OrderedDicts)R.', 'a call'],
  ['BUILD on a plain dict', '}}b.', 'BUILD'],
  ['BUILD on a list', ']}b.', 'BUILD'],
])('%s is unsafe', (_, text, message) => {
  expect(() => read(text)).toThrow(failure('unsafe-file', message));
});

test.each([
  ['an unknown operation', '0.', '0x30'],
  ['a call without a tuple', `${orderedDict}]R.`, 'tuple of arguments'],
  ['an empty stack', '.', 'takes more'],
  ['an empty memo', 'h\x00.', 'memo entry 0'],
  ['memoising nothing', 'q\x00.', 'empty stack'],
  ['a mark that is not set', 't.', 'mark'],
  ['a tuple across a mark', 'K\x01(\x85.', 'takes more'],
  ['something left over', 'NN.', 'left over'],
  ['a mark left over', 'N(N.', 'left over'],
  ['APPEND on a tuple', ')Na.', 'no list'],
  ['APPENDS on a dict', '}(Ne.', 'no list'],
  ['SETITEM on a list', ']K\x00Ns.', 'no dict'],
  ['SETITEMS on a tuple', ')(K\x00Nu.', 'no dict'],
  ['SETITEM on a tensor', `${tensor('K\x00K\x06\x85K\x01\x85\x89N').slice(0, -1)}U\x04dataNs.`, 'no dict'],
  ['a key without value', '}(K\x00u.', 'no value'],
  ['two keys that read alike', '}(K\x01NU\x011Nu.', 'two keys'],
  ['a list in itself', ']q\x00h\x00a.', 'contains itself'],
  ['a global as a value', `${orderedDict}.`, 'half-built'],
  ['a storage as a value', `${storage('K\x00')}.`, 'half-built'],
  ['a persistent id of another kind', '(U\x06moduletQ.', 'no storage'],
  ['a persistent id that is a text', 'U\x01aQ.', 'no storage'],
  ['text that is not UTF-8', 'U\x01\xff.', 'not UTF-8'],
  ['a text longer than the file', 'X\xff\xff\xff\xffabc', 'cut short'],
  ['nesting by marks', '('.repeat(1001), 'deeper than 1000'],
  ['nesting by tuples', `N${'\x85'.repeat(2000)}.`, 'deeper than 1000'],
  [
    'a storage of two types',
    `(${storage('K\x01')}(U\x07storagectorch\nLongStorage\nU\x010U\x03cpuK\x01tQt.`,
    'two ways',
  ],
  ['a negative storage', `${storage('J\xff\xff\xff\xff')}.`, 'valid type, key and size'],
  ['a view past the end', tensor('K\x01K\x06\x85K\x01\x85\x89N'), 'element 6 of a storage of 6'],
  ['strides past the end', tensor('K\x00K\x02K\x03\x86K\x04K\x01\x86\x89N'), 'element 6'],
  ['a negative stride', tensor('K\x05K\x06\x85J\xff\xff\xff\xff\x85\x89N'), 'no valid shape'],
  ['a negative offset', tensor('J\xff\xff\xff\xffK\x06\x85K\x01\x85\x89N'), 'no valid shape'],
  ['a negative size', tensor('K\x00J\xff\xff\xff\xff\x85K\x01\x85\x89N'), 'no valid shape'],
  ['fewer strides than sizes', tensor('K\x00K\x02K\x03\x86K\x01\x85\x89N'), 'no valid shape'],
  [
    'a product past 2^53',
    tensor('K\x00J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86K\x00K\x00\x86\x89N'),
    'no valid shape',
  ],
  ['a tensor of a list of sizes', tensor('K\x00]K\x01\x85\x89N'), 'wrong kind'],
  ['a parameter of a dict', 'ctorch._utils\n_rebuild_parameter\n}\x88N\x87R.', 'no tensor'],
])('%s is a bad file', (_, text, message) => {
  expect(() => read(text)).toThrow(failure('bad-file', message));
});

test('a value met exponentially often is read once', () => {
  expect(read(`N${'q\x00h\x00\x86'.repeat(200)}.`)).toHaveLength(2);
});

test('a tensor marked negated is not read as if it were not', () => {
  const marked = tensor('K\x00K\x06\x85K\x01\x85\x89N}U\x03neg\x88s');
  expect(() => read(marked)).toThrow(failure('unsupported', 'neg'));
});

test('any bytes read, or fail with our error', () => {
  const codes = pickle('\x80N\x88JKM\x8aGX\x8cU)]}\x85\x86\x87(taesuqrhjcRbQ\x93io\x81.');
  const byte = fc.oneof(fc.constantFrom(...codes), fc.nat({ max: 8 }), fc.nat({ max: 255 }));
  const unexpected: unknown[] = [];
  const check = fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
    try {
      unpickle(Uint8Array.from(bytes), { name: 'x.pth' });
    } catch (error) {
      if (!isSparnetError(error)) unexpected.push(error);
    }
    return unexpected.length === 0;
  });
  fc.assert(check, { numRuns: 1000 });
  expect(unexpected).toEqual([]);
});
