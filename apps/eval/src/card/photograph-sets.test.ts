import { isSparnetError } from '@sparnet/core';
import { expect, test } from 'vitest';
import { resultOf } from '../result-fixture.ts';
import type { EvaluationResult } from '../result.ts';
import { photographSets } from './photograph-sets.ts';

const named = (source: string, names: string[], changes: Partial<EvaluationResult> = {}) => ({
  source,
  result: resultOf(Object.fromEntries(names.map((name) => [name, 30])), changes),
});
const inputs = (changes: Partial<EvaluationResult['inputs']>) => ({
  inputs: { model: 'm', hr: 'faces', ...changes },
});

test('results of the same pictures share a set, wherever the pictures lay', () => {
  const sets = photographSets([
    named('a', ['1', '2'], { name: 'one' }),
    named('b', ['1', '2'], { name: 'two', ...inputs({ hr: '/data/faces/' }) }),
    named('c', ['1', '2'], { name: 'three', ...inputs({ hr: 'C:\\data\\faces' }) }),
    named('d', ['1'], { name: 'four' }),
  ]);
  expect(sets.map(({ words, results }) => [words, results.map(({ name }) => name)])).toEqual([
    ['2 photographs of `faces`, reduced by 8, protocol sparnet', ['one', 'two', 'three']],
    ['1 photographs of `faces`, reduced by 8, protocol sparnet', ['four']],
  ]);
});

test('of a recipe the name is told, as text, and the seed', () => {
  const degrade = '/home/me/my <b>recipe.json';
  const [set] = photographSets([named('a', ['1'], inputs({ degrade, seed: 3 }))]);
  expect(set?.words).toBe(
    '1 photographs of `faces`, degraded by my \\<b>recipe.json, seed 3, protocol sparnet',
  );
});

test.each<[string, Parameters<typeof photographSets>[0], RegExp]>([
  [
    'other pictures, as many, of a folder of the same name',
    [named('a.json', ['1', '2']), named('b.json', ['1', '3'], inputs({ hr: '/other/faces' }))],
    /"2 photographs of `faces`.*The pictures are not those of a\.json: b\.json\./,
  ],
  [
    'other LR pictures, of a folder of the same name',
    [named('a.json', ['1'], inputs({ lr: '/x/lr' })), named('b.json', ['1'], inputs({ lr: '/y/lr' }))],
    /LR pictures were made in different ways: \/x\/lr \(a\.json\); \/y\/lr \(b\.json\)/,
  ],
  [
    'other recipes, in files of the same name',
    [
      named('a.json', ['1'], inputs({ degrade: '/x/r.json' })),
      named('b.json', ['1'], inputs({ degrade: '/y/r.json' })),
    ],
    /LR pictures were made in different ways/,
  ],
  [
    'a shard',
    [named('a.json', ['1'], { shard: { index: 1, of: 2 } })],
    /a\.json is shard 1 of 2, a part of the photographs; .*eval merge/,
  ],
])('refused: %s', (_, results, message) => {
  let error: unknown;
  try {
    photographSets(results);
  } catch (reason) {
    error = reason;
  }
  expect(isSparnetError(error, 'bad-argument')).toBe(true);
  expect((error as Error).message).toMatch(message);
});
