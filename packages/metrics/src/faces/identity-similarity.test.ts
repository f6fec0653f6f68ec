import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosineSimilarity } from './cosine-similarity.ts';
import { identitySimilarity, type IdentityState } from './identity-similarity.ts';

test('the cosine of known angles', () => {
  expect(cosineSimilarity([3, 4], [3, 4])).toBe(1);
  expect(cosineSimilarity([3, 4], [-6, -8])).toBe(-1);
  expect(cosineSimilarity([1, 0], [0, 5])).toBe(0);
  expect(cosineSimilarity([1, 0, 0], Float32Array.of(1, 1, 0))).toBeCloseTo(Math.SQRT1_2, 15);
});

const vector = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 4, maxLength: 4 });
const long = vector.filter((values) => Math.hypot(...values) > 1e-3);

test('order and length of the vectors do not matter, and it stays within -1 and 1', () => {
  fc.assert(
    fc.property(long, long, fc.integer({ min: 1, max: 1000 }), (a, b, factor) => {
      const cosine = cosineSimilarity(a, b);
      expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      expect(cosineSimilarity(b, a)).toBeCloseTo(cosine, 12);
      expect(
        cosineSimilarity(
          a.map((value) => value * factor),
          b,
        ),
      ).toBeCloseTo(cosine, 12);
      expect(cosineSimilarity(a, a)).toBeCloseTo(1, 12);
    }),
    { seed: 9 },
  );
});

test('shards merged are one pass to the last bit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.tuple(long, long), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      (shards) => {
        const whole = identitySimilarity({ network: 'n' });
        for (const [a, b] of shards.flat()) whole.update(a, b);
        const total = identitySimilarity({ network: 'n' });
        for (const shard of shards.toReversed()) {
          const part = identitySimilarity({ network: 'n' });
          for (const [a, b] of shard) part.update(a, b);
          total.merge(JSON.parse(JSON.stringify(part.state())) as IdentityState);
        }
        expect(total.state()).toEqual(whole.state());
      },
    ),
    { seed: 10 },
  );
});

test('the mean, and its network', () => {
  const accumulator = identitySimilarity({ network: 'n' });
  expect(() => accumulator.compute()).toThrow('update was never called');
  expect(accumulator.update([1, 0], [1, 0])).toBe(1);
  expect(accumulator.update([1, 0], [0, 1])).toBe(0);
  expect(accumulator.compute()).toEqual({ network: 'n', count: 2, cosine: 0.5 });
});

test('wrong arguments are named', () => {
  expect(() => cosineSimilarity([1], [1, 2])).toThrow('one length, got 1 and 2');
  for (const wrong of [[], [0], [NaN]])
    expect(() => cosineSimilarity(wrong, wrong)).toThrow('finite vectors');
  expect(() => identitySimilarity({ network: '' })).toThrow('the name of a network');
  const other = identitySimilarity({ network: 'm' }).state();
  expect(() => identitySimilarity({ network: 'n' }).merge(other)).toThrow(
    'expected network n for state, got network m',
  );
});
