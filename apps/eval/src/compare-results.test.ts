import { expect, test } from 'vitest';
import { compareResults } from './compare-results.ts';
import { resultOf } from './result-fixture.ts';
import type { EvaluationResult, Score } from './result.ts';
import { comparisonText } from './run/comparison-text.ts';

const method = (name: string, scores: Score[], changes: Partial<EvaluationResult> = {}) => ({
  source: `${name}.json`,
  result: resultOf(Object.fromEntries(scores.map((score, at) => [`${at}`, score])), { name, ...changes }),
});

test('means, paired differences and significance of three methods, the best marked', () => {
  const comparison = compareResults([
    method('a', [20, 21, 22, 23, 24, 25]),
    method('b', [21, 22, 23, 24, 25, 26]),
    method('c', [20, 22, 22, 24, 24, 26]),
  ]);
  expect(comparison).toMatchObject({ count: 6, best: { psnr: ['b'] } });
  const shown = comparison.differences.map(({ a, b, mean, p, pHolm }) => ({ pair: a + b, mean, p, pHolm }));
  // Two of the 64 sign patterns of six equal differences are as far from zero; of three equal ones and zeros, 16.
  expect(shown).toEqual([
    { pair: 'ab', mean: -1, p: 2 / 64, pHolm: 6 / 64 },
    { pair: 'ac', mean: -0.5, p: 16 / 64, pHolm: 0.5 },
    { pair: 'bc', mean: 0.5, p: 16 / 64, pHolm: 0.5 },
  ]);
  expect(comparison.differences[0]?.ci95).toEqual([-1, -1]);
  expect(comparisonText(comparison)).toMatch(/^b +23\.5000 \*$/m);
  expect(comparisonText(comparison, { markdown: true })).toContain('| b | **23.5000** |');
});

test('pictures that a method lists as skipped, and scores that are null, are left out of the pairs', () => {
  const skipped = [{ name: '2', reason: 'damaged' }];
  const a = { source: 'a', result: resultOf({ 0: 1, 1: 2 }, { name: 'a', skipped }) };
  const comparison = compareResults([a, method('b', [3, null, 9])]);
  expect(comparison.count).toBe(2);
  expect(comparison.differences).toMatchObject([{ count: 1, mean: -2 }]);
  expect(comparison.methods[1]?.summary['psnr']).toMatchObject({ count: 1, mean: 3 });
});

test('two perfect pictures are alike; one beside a score is no number', () => {
  const perfect = method('a', ['Infinity', 30]);
  expect(compareResults([perfect, method('b', ['Infinity', 29])]).differences).toMatchObject([
    { count: 2, mean: 0.5 },
  ]);
  expect(compareResults([perfect, method('b', [29, 29])])).toMatchObject({
    best: { psnr: ['a'] },
    differences: [{ count: 2, mean: null, ci95: null, p: null, pHolm: null }],
  });
});

test('results that were not measured alike are warned of, and none is the best', () => {
  const comparison = compareResults([
    method('a', [20, 21]),
    method('b', [21, 22], { inputs: { model: 'b', hr: 'faces', degrade: 'gfpgan', seed: 1 } }),
    method('c', [19, 20], { scale: 4 }),
  ]);
  expect(comparison.warnings).toEqual([
    'The scales differ: ×8 (a, b); ×4 (c).',
    'The LR pictures were made in different ways: bicubic (a, c); gfpgan, seed 1 (b).',
  ]);
  expect(comparison.best).toEqual({ psnr: [] });
  const text = comparisonText(comparison);
  expect(text).toContain('warning: these results were not measured alike');
  expect(text).not.toContain('*');
  expect(text).toContain('no 95 % interval (-) of fewer than 5 pictures');
  expect(comparisonText(comparison, { markdown: true })).not.toContain('**');
});

test('HR pictures that only one method was measured on at another size are warned of', () => {
  const fitted = { inputs: { model: 'b', hr: 'faces', size: 128 }, fitted: 2 };
  const { warnings } = compareResults([method('a', [20, 21]), method('b', [21, 22], fitted)]);
  expect(warnings).toEqual([
    'The HR pictures were brought to different sizes: as they are (a); 128 x 128 (b).',
  ]);
});

test('SR pictures made elsewhere, of which no scale is known, are compared with any', () => {
  const { source, result } = method('others', [22, 23]);
  const { scale: _, ...unscaled } = result;
  const comparison = compareResults([method('a', [20, 21]), { source, result: unscaled }]);
  expect(comparison).toMatchObject({ warnings: [], best: { psnr: ['others'] } });
  expect(comparison.methods[1]).not.toHaveProperty('scale');
});

test.each<[string, Parameters<typeof compareResults>[0], RegExp]>([
  ['one', [method('a', [1])], /at least two/],
  ['one name', [method('a', [1]), { ...method('a', [2]), source: 'x' }], /a\.json and x are both called a/],
  [
    'other pictures',
    [method('a', [1, 2]), method('b', [1])],
    /b\.json lacks 1 of the others' pictures, such as 1;/,
  ],
  [
    'other protocols',
    [method('a', [1]), method('b', [1], { protocol: 'rgb' })],
    /protocol is sparnet and rgb/,
  ],
  ['no metric in common', [method('a', [1]), method('b', [1], { metrics: {} })], /no metric in common/],
])('refused: %s', (_, results, message) => {
  expect(() => compareResults(results)).toThrow(message);
});
