import { isSparnetError } from '@sparnet/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, noise } from './image-fixture.ts';
import { accumulator, msSsim, psnr, ssim, type AccumulatorState } from './index.ts';

const size = { width: 16, height: 14, channels: 3 } as const;
const pairs = Array.from({ length: 12 }, (_, i) => ({
  a: noise({ ...size, seed: i }),
  b: noise({ ...size, seed: 100 + i }),
}));

test('shards in any order give the same number to the last bit, and the same state', () => {
  const whole = filled('ssim', pairs);
  const shards = fc
    .shuffledSubarray(pairs, { minLength: 12, maxLength: 12 })
    .chain((order) =>
      fc.tuple(
        fc.constant(order),
        fc.array(fc.nat(3), { minLength: order.length, maxLength: order.length }),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 }),
      ),
    );
  fc.assert(
    fc.property(shards, ([order, shardOf, mergeOrder]) => {
      const merged = accumulator('ssim');
      for (const shard of mergeOrder) {
        const part = filled(
          'ssim',
          order.filter((_, i) => shardOf[i] === shard),
        );
        merged.merge(JSON.parse(JSON.stringify(part.state())) as AccumulatorState);
      }
      expect(merged.compute()).toEqual(whole.compute());
      expect(JSON.stringify(merged.state())).toBe(JSON.stringify(whole.state()));
    }),
    { numRuns: 60 },
  );
});

test('it is the mean of what the functions give', () => {
  const large = { width: 180, height: 181, channels: 1 } as const;
  const a = noise({ ...large, seed: 1 });
  const b = noise({ ...large, seed: 2 });
  for (const [metric, score] of Object.entries({ psnr, ssim, 'ms-ssim': msSsim })) {
    const options = { protocol: 'matlab', border: 2 } as const;
    const sums = accumulator(metric as 'psnr', options);
    expect(sums.update(a, b)).toBe(score(a, b, options));
    sums.update(a, constant({ ...large, level: 90 }));
    const mean = (score(a, b, options) + score(a, constant({ ...large, level: 90 }), options)) / 2;
    expect(sums.compute()).toEqual({ metric, ...options, count: 2, mean, infinite: 0 });
  }
});

test('equal images are counted, and make the mean of PSNR infinite', () => {
  const { a, b } = pairs[0]!;
  const sums = accumulator('psnr');
  sums.update(a, b);
  expect(sums.update(a, a)).toBe(Infinity);
  const state = JSON.parse(JSON.stringify(sums.state())) as AccumulatorState;
  expect(state).toEqual({
    metric: 'psnr',
    protocol: 'sparnet',
    border: 0,
    count: 2,
    infinite: 1,
    sum: [psnr(a, b)],
  });
  const other = accumulator('psnr');
  other.merge(state);
  expect(other.compute()).toMatchObject({ count: 2, mean: Infinity, infinite: 1 });
});

test('an empty one has no mean', () => {
  const empty = accumulator('psnr');
  expect(() => empty.compute()).toThrow('no pair was added to the accumulator of psnr');
  empty.merge(accumulator('psnr').state());
  expect(codeOf(() => empty.compute())).toBe('no-data');
});

test('a pair that is refused leaves no trace', () => {
  const sums = filled('psnr', pairs);
  const before = sums.state();
  expect(codeOf(() => sums.update(pairs[0]!.a, noise({ ...size, width: 17, seed: 1 })))).toBe('bad-image');
  expect(sums.state()).toEqual(before);
});

test('only states of the same kind are merged, and only states', () => {
  const sums = accumulator('psnr', { protocol: 'rgb', border: 2 });
  const before = sums.state();
  expect(() => sums.merge(accumulator('psnr', { border: 2 }).state())).toThrow(
    'expected metric psnr, protocol rgb, border 2 for state, got metric psnr, protocol sparnet, border 2',
  );
  const good = sums.state();
  const wrong: unknown[] = [
    accumulator('ssim', { protocol: 'rgb', border: 2 }).state(),
    accumulator('psnr', { protocol: 'rgb' }).state(),
    null,
    'state',
    { ...good, count: -1 },
    { ...good, count: 1.5 },
    { ...good, infinite: '1' },
    { ...good, sum: [1, null] },
    { ...good, sum: [Number.NaN] },
    { ...good, sum: 12 },
  ];
  for (const state of wrong) {
    expect(codeOf(() => sums.merge(state as AccumulatorState))).toBe('bad-state');
  }
  expect(sums.state()).toEqual(before);
});

test('an unknown metric, protocol or border is refused at once', () => {
  expect(() => accumulator('mse' as 'psnr')).toThrow('expected one of psnr, ssim, ms-ssim for metric');
  expect(() => accumulator('psnr', { protocol: 'y' as 'rgb' })).toThrow('expected one of sparnet');
  expect(() => accumulator('psnr', { border: -1 })).toThrow('for border, got -1');
});

function filled(metric: 'psnr' | 'ssim', of: typeof pairs) {
  const sums = accumulator(metric);
  for (const { a, b } of of) sums.update(a, b);
  return sums;
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return isSparnetError(error) ? error.code : String(error);
  }
  return undefined;
}
