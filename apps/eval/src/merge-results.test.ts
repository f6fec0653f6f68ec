import { expect, test } from 'vitest';
import { mergeResults } from './merge-results.ts';
import { resultOf } from './result-fixture.ts';
import type { EvaluationResult } from './result.ts';

const shard = (index: number, names: string[], changes: Partial<EvaluationResult> = {}) => ({
  source: `${index}.json`,
  result: {
    ...resultOf(Object.fromEntries(names.map((name) => [name, 30]))),
    shard: { index, of: 2 },
    ...changes,
  },
});

test('the scale of LR pictures is kept only where shards agree; one that measured nothing says nothing', () => {
  const inputs = { model: 'method', hr: 'faces', lr: 'low' };
  const { scale: _, ...unscaled } = shard(2, []).result;
  const merged = (second: EvaluationResult) =>
    mergeResults([shard(1, ['a'], { inputs }), { source: 'b', result: { ...second, inputs } }]);
  expect(merged(unscaled).scale).toBe(8);
  expect(merged(shard(2, ['b'], { scale: 4 }).result)).not.toHaveProperty('scale');
});

test.each<[string, Parameters<typeof mergeResults>[0], RegExp]>([
  ['none', [], /got none/],
  ['a shard missing', [shard(1, ['a'])], /of 2 shards these are missing: 2/],
  [
    'all but one of very many',
    [shard(3, ['a'], { shard: { index: 3, of: 1_000_000_000 } })],
    /of 1000000000 shards these are missing: 1, 2, 4, 5, 6, 7, 8, 9, 10, 11 and 999999989 more$/,
  ],
  [
    'a shard twice',
    [shard(1, ['a']), { ...shard(1, ['b']), source: 'x' }],
    /1\.json and x are both shard 1 of 2/,
  ],
  ['a picture twice', [shard(1, ['a', 'b']), shard(2, ['b'])], /picture b is in 1\.json and in 2\.json/],
  ['a whole result', [{ source: 'w', result: resultOf({ a: 1 }) }], /w is no shard/],
  [
    'other shards',
    [shard(1, ['a']), shard(2, ['b'], { shard: { index: 2, of: 3 } })],
    /one of 3 shards, others of 2/,
  ],
  [
    'another protocol',
    [shard(1, ['a']), shard(2, ['b'], { protocol: 'rgb' })],
    /protocol is "sparnet" and "rgb"/,
  ],
  ['another label', [shard(1, ['a']), shard(2, ['b'], { name: 'x' })], /name is "method" and "x"/],
])('refused: %s', (_, shards, message) => {
  expect(() => mergeResults(shards)).toThrow(message);
});
