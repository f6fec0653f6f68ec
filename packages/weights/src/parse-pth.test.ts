import { readFileSync } from 'node:fs';
import { isSparnetError } from '@sparnet/core';
import { expect, test } from 'vitest';
import {
  isTensorData,
  parsePth,
  parseSafetensors,
  parseWeights,
  stateDictOf,
  type PthValue,
  type StateDict,
} from './index.ts';
import { bytesOf } from './layout.ts';
import { readZip } from './read-zip.ts';
import { writeZip } from './write-zip.ts';

interface Case {
  readable: Record<string, { expect?: string; values?: Record<string, unknown> }>;
  must_be_refused: Record<string, string>;
}

const folder = new URL('../../../vectors/pth-formats/', import.meta.url);
const load = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const vectors = JSON.parse(readFileSync(new URL('case.json', folder), 'utf8')) as Case;

/** The tensors of a checkpoint by the names of its expected file: those of an optimiser list are `<i>.<field>`. */
function tensorsOf(value: PthValue): StateDict {
  if (!Array.isArray(value)) return stateDictOf(value);
  const states = (value as readonly { state: Record<string, Record<string, PthValue>> }[])[0]?.state ?? {};
  const tensors: StateDict = {};
  for (const [index, fields] of Object.entries(states)) {
    for (const [field, part] of Object.entries(fields))
      if (isTensorData(part)) tensors[`${index}.${field}`] = part;
  }
  return tensors;
}

const withTensors = Object.entries(vectors.readable).flatMap(([file, { expect: truth }]) =>
  truth === undefined ? [] : [{ file, truth }],
);
const withValues = Object.entries(vectors.readable).flatMap(([file, { values }]) =>
  values === undefined ? [] : [{ file, values }],
);

/** Everything about the tensors, independent of their order, with the data as text, which compares fast. */
function comparable(tensors: StateDict): Map<string, unknown> {
  return new Map(
    Object.entries(tensors).map(([key, tensor]) => {
      return [key, { ...tensor, data: Buffer.from(bytesOf(tensor)).toString('hex') }];
    }),
  );
}

test.each(withTensors)('$file reads bit for bit', ({ file, truth }) => {
  const tensors = tensorsOf(parsePth(load(file), { name: file }));
  expect(comparable(tensors)).toEqual(comparable(parseSafetensors(load(truth)).tensors));
});

test.each(withValues)('$file keeps its plain values', ({ file, values }) => {
  const value = parsePth(load(file), { name: file }) as Record<string, PthValue>;
  expect(Object.fromEntries(Object.keys(values).map((key) => [key, value[key]]))).toEqual(values);
});

test.each(Object.entries(vectors.must_be_refused))('%s is refused: %s', (file, why) => {
  const [, culprit] =
    /(posix\.getcwd|torch\.hub\.get_dir)/.exec(`${why} ${file.includes('stack') ? 'posix.getcwd' : ''}`) ??
    [];
  for (const parse of [parsePth, parseWeights]) {
    expect(() => parse(load(file), { name: file })).toThrow(
      expect.objectContaining({
        code: culprit === undefined ? 'bad-file' : 'unsafe-file',
        message: expect.stringContaining(culprit ?? file) as string,
      }) as Error,
    );
  }
});

test('an optimiser keeps its plain values', () => {
  const [{ param_groups: groups }] = parsePth(load('opts.pth')) as unknown as [{ param_groups: PthValue[] }];
  expect(groups[0]).toMatchObject({ lr: 0.0002, betas: [0.9, 0.99], eps: 1e-8, amsgrad: false });
});

test.each(['views.pth', 'views-legacy.pth', 'tiny.info'])(
  'any truncation of %s is one kind of error',
  (file) => {
    const bytes = load(file);
    const other: unknown[] = [];
    for (let length = bytes.length - 1; length >= 0; length -= 3) {
      try {
        other.push(parsePth(bytes.subarray(0, length)));
      } catch (error) {
        if (!isSparnetError(error, 'bad-file')) other.push(error);
      }
    }
    expect(other).toEqual([]);
  },
);

test('tensors that shared memory when saved share it still', () => {
  // One storage with a contiguous tensor in its middle, saved beside the whole.
  const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
  const tensor = (layout: string) =>
    `ctorch._utils\n_rebuild_tensor_v2\n((${text('storage')}ctorch\nByteStorage\n${text('0')}${text('cpu')}K\x06tQ${layout}tR`;
  const pickle = `\x80\x02}(${text('all')}${tensor('K\0K\x06\x85K\x01\x85\x89N')}${text('part')}${tensor('K\x02K\x03\x85K\x01\x85\x89N')}u.`;
  const file = writeZip(
    new Map([
      ['x/data.pkl', Uint8Array.from(pickle, (character) => character.charCodeAt(0))],
      ['x/data/0', Uint8Array.of(0, 1, 2, 3, 4, 5)],
    ]),
  );
  const { all, part } = stateDictOf(parsePth(file));
  expect(part?.data).toEqual(Uint8Array.of(2, 3, 4));
  all!.data[3] = 30;
  expect(part?.data).toEqual(Uint8Array.of(2, 30, 4));
});

test('a small file cannot ask for much memory', () => {
  const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
  const size = 'J\0\0\x01\0'; // 2^16
  const pickle = `\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((${text('storage')}ctorch\nByteStorage\n${text('0')}${text('cpu')}K\x01tQK\0${size}${size}\x86K\0K\0\x86\x89NtR.`;
  const file = writeZip(
    new Map([
      ['x/data.pkl', Uint8Array.from(pickle, (character) => character.charCodeAt(0))],
      ['x/data/0', Uint8Array.of(7)],
    ]),
  );
  expect(() => parsePth(file)).toThrow('far more memory');
});

test('a storage of another size than its record is refused', () => {
  const whole = load('views.pth');
  const text = new TextDecoder('latin1').decode(whole);
  expect(text).toContain('views/data/12');
  const file = writeZip(
    new Map(
      [...readZip(whole, 'views.pth')].map(([path, content]) => [
        path,
        path === 'views/data/12' ? content.slice(1) : content,
      ]),
    ),
  );
  expect(() => parsePth(file)).toThrow('the storage 12 has 1 bytes, not 2 elements of U8');
});

test('a file of a big-endian machine is not misread', () => {
  const file = writeZip(
    new Map([
      ['x/data.pkl', Uint8Array.of(0x80, 2, 0x4e, 0x2e)],
      ['x/byteorder', new TextEncoder().encode('big')],
    ]),
  );
  expect(() => parsePth(file)).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error);
});
