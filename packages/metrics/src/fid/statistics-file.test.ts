import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureStatistics } from './feature-statistics.ts';
import { parseNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import { formatStatistics, parseStatistics } from './statistics-file.ts';

// numpy.savez and numpy.savez_compressed of mu = [0.5, -1.25, 3], sigma = [[2, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 3]].
const stored =
  'UEsDBC0AAAAAAAAAIQCavVY6//////////8GABQAbXUubnB5AQAQAJgAAAAAAAAAmAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8ZjgnLCAnZm9y' +
  'dHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg' +
  'ICAgICAgICAgCgAAAAAAAOA/AAAAAAAA9L8AAAAAAAAIQFBLAwQtAAAAAAAAACEALRLUkP//////////CQAUAHNpZ21hLm5weQEAEADIAAAAAAAAAMgA' +
  'AAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDMpLCB9ICAgICAgICAgICAg' +
  'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAQAAAAAAAAOA/AAAAAAAAAAAAAAAAAADgPwAAAAAAAPA/' +
  'AAAAAAAA0D8AAAAAAAAAAAAAAAAAANA/AAAAAAAACEBQSwECLQMtAAAAAAAAACEAmr1WOpgAAACYAAAABgAAAAAAAAAAAAAAgAEAAAAAbXUubnB5UEsB' +
  'Ai0DLQAAAAAAAAAhAC0S1JDIAAAAyAAAAAkAAAAAAAAAAAAAAIAB0AAAAHNpZ21hLm5weVBLBQYAAAAAAgACAGsAAADTAQAAAAA=';
const compressed =
  'UEsDBC0AAAAIAAAAIQCavVY6//////////8GABQAbXUubnB5AQAQAJgAAAAAAAAAUAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZf' +
  'VFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBjB4YA+hv+yH0BwOAFBLAwQtAAAACAAAACEALRLUkP//////////CQAUAHNpZ21hLm5w' +
  'eQEAEADIAAAAAAAAAFsAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjoKxpo6CrUK' +
  'ZAMuBghwgFAP7BlQAIz/AUpfQJOH8TkcAFBLAQItAy0AAAAIAAAAIQCavVY6UAAAAJgAAAAGAAAAAAAAAAAAAACAAQAAAABtdS5ucHlQSwECLQMtAAAA' +
  'CAAAACEALRLUkFsAAADIAAAACQAAAAAAAAAAAAAAgAGIAAAAc2lnbWEubnB5UEsFBgAAAAACAAIAawAAAB4BAAAAAA==';

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

test.each([
  ['numpy.savez', stored],
  ['numpy.savez_compressed', compressed],
])('reads what %s writes', async (_, base64) => {
  expect(await parseStatistics(bytesOf(base64))).toEqual({
    network: 'inception-fid',
    dimensions: 3,
    count: undefined,
    mean: Float64Array.of(0.5, -1.25, 3),
    covariance: Float64Array.of(2, 0.5, 0, 0.5, 1, 0.25, 0, 0.25, 3),
  });
  expect((await parseStatistics(bytesOf(base64), { network: 'other' })).network).toBe('other');
});

test('what is written is read, to the last bit', async () => {
  const sets = fc.integer({ min: 1, max: 4 }).chain((dimensions) =>
    fc.tuple(
      fc.constant(dimensions),
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
        minLength: dimensions,
        maxLength: 9 * dimensions,
      }),
      fc.string({ minLength: 1, unit: 'grapheme' }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(sets, async ([dimensions, values, network]) => {
      const accumulator = featureStatistics({ dimensions, network });
      accumulator.update(values.slice(0, values.length - (values.length % dimensions)));
      const statistics = accumulator.compute();
      expect(await parseStatistics(formatStatistics(statistics))).toEqual(statistics);
    }),
    { seed: 5, numRuns: 50 },
  );
});

test('an unknown count stays unknown', async () => {
  const statistics = await parseStatistics(bytesOf(stored));
  expect(await parseStatistics(formatStatistics(statistics))).toEqual(statistics);
});

test('every array begins at a multiple of 64 bytes of its file, as numpy wants it', async () => {
  const entries = await readNpz(formatStatistics(await parseStatistics(bytesOf(stored))), 'file');
  expect([...entries.keys()]).toEqual(['mu.npy', 'sigma.npy', 'network.npy']);
  for (const [name, content] of entries) {
    const { shape, values } = parseNpy(content, name);
    expect(shape.reduce((product, size) => product * size, 1)).toBe(values.length);
    expect((10 + new DataView(content.buffer, content.byteOffset).getUint16(8, true)) % 64).toBe(0);
  }
});

describe('damage is an error that names the file', () => {
  test('cut short or changed anywhere', async () => {
    for (const base64 of [stored, compressed]) {
      const whole = bytesOf(base64);
      const good = await parseStatistics(whole);
      for (let at = 0; at < whole.length; at++) {
        await expect(parseStatistics(whole.slice(0, at), { name: 'a.npz' })).rejects.toThrow(/^a\.npz/);
        const changed = whole.slice();
        changed[at]! ^= 0x10;
        // Dates, versions and the like change nothing; whatever changes something must be noticed.
        const result = await parseStatistics(changed, { name: 'a.npz' }).catch(codeOf);
        expect([good, 'bad-file']).toContainEqual(result);
      }
    }
  });
  test.each([
    ['mu.npy', undefined, 'expected arrays mu'],
    ['mu.npy', [1, 2], 'expected arrays mu'],
    ['mu.npy', [1, NaN, 3], 'not finite'],
    ['sigma.npy', [-1, 0, 0, 0, 1, 0, 0, 0, 1], 'a variance is negative (-1)'],
    ['count.npy', [1.5], 'positive integer for count, got 1.5'],
    ['deviations.npy', [0, 0, 0], 'deviations are not those of undefined samples'],
  ])('%s of %j', async (key, values, message) => {
    const entries = Object.fromEntries(await readNpz(bytesOf(stored), 'file'));
    if (values) entries[key] = npyOf(values);
    else delete entries[key];
    await expect(parseStatistics(writeNpz(entries), { name: 'a.npz' })).rejects.toThrow(message);
  });
  test.each([
    ["'descr': '<f8'", "'descr': '>f8'", 'it holds >f8'],
    ["'shape': (3, 3)", "'shape': (3, 4)", 'needs 96 bytes, but it has 72'],
    ["'fortran_order': False", "'fortran_order': True ", 'columns first'],
  ])('a header with %s made %s', async (from, to, message) => {
    const entries = Object.fromEntries(await readNpz(bytesOf(stored), 'file'));
    const text = Buffer.from(entries['sigma.npy']!).toString('latin1').replace(from, to);
    entries['sigma.npy'] = Uint8Array.from(Buffer.from(text, 'latin1'));
    await expect(parseStatistics(writeNpz(entries), { name: 'a.npz' })).rejects.toThrow(message);
  });
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

function npyOf(values: number[]): Uint8Array {
  const header =
    `{'descr': '<f8', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(117) + '\n';
  const numbers = new Uint8Array(Float64Array.from(values).buffer);
  return Uint8Array.from([...Buffer.from('\x93NUMPY\x01\x00v\x00' + header, 'latin1'), ...numbers]);
}
