import { expect, test } from 'vitest';
import { naturalLog } from './natural-log.ts';
import { philox } from './philox.ts';
import { randomStream, shuffledIndices } from './random.ts';

test.each([
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const)('philox known answers $counter', ({ counter, key, words }) => {
  expect(philox(counter, key)).toEqual(words);
});

test('the logarithm agrees with Math.log', () => {
  const random = randomStream({ seed: 1, purpose: 'log' });
  for (let i = 0; i < 2000; i++) {
    const x = random.uniform() * 10 ** (random.integer(600) - 300);
    if (x < 2.3e-308) continue;
    expect(Math.abs(naturalLog(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(x)) + 1e-16);
  }
});

test('a stream depends on its address alone', () => {
  const first = randomStream({ seed: 3, purpose: 'crop', epoch: 2, index: 7 });
  const other = randomStream({ seed: 3, purpose: 'crop', epoch: 2, index: 8 });
  other.uniform();
  const again = randomStream({ seed: 3, purpose: 'crop', epoch: 2, index: 7 });
  const draws = Array.from({ length: 9 }, () => first.uniform());
  expect(Array.from({ length: 9 }, () => again.uniform())).toEqual(draws);
  expect(Array.from({ length: 9 }, () => other.uniform())).not.toEqual(draws);
  const seeds = [0, 2 ** 32, 2 ** 53 - 1].map((seed) => randomStream({ seed, purpose: '' }).uint32());
  expect(new Set(seeds).size).toBe(3);
});

test('uniform, integer and normal have the right moments', () => {
  const random = randomStream({ seed: 5, purpose: 'moments' });
  const count = 100_000;
  let sum = 0;
  let square = 0;
  let fourth = 0;
  let mean = 0;
  const bins = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const z = random.normal();
    sum += z;
    square += z * z;
    fourth += z ** 4;
    mean += random.uniform();
    bins[random.integer(5)]! += 1;
  }
  // Five standard errors: one false alarm in about two million runs of a seed, and the seed is fixed.
  expect(Math.abs(sum / count)).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(square / count - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  expect(Math.abs(fourth / count - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  expect(Math.abs(mean / count - 0.5)).toBeLessThan(5 / Math.sqrt(12 * count));
  for (const bin of bins) expect(Math.abs(bin / count - 0.2)).toBeLessThan(5 * Math.sqrt(0.16 / count));
});

test('a shuffle is a permutation', () => {
  const order = shuffledIndices(1000, { seed: 1, purpose: 'shuffle', epoch: 4 });
  expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(order).not.toEqual(shuffledIndices(1000, { seed: 1, purpose: 'shuffle', epoch: 5 }));
});

test('an address out of range is refused', () => {
  expect(() => randomStream({ seed: -1, purpose: '' })).toThrow(
    'expected integer of at least 0 for seed, got -1',
  );
  expect(() => randomStream({ seed: 0, purpose: '', epoch: 2 ** 32 })).toThrow('for epoch');
  expect(() => shuffledIndices(-1, { seed: 0, purpose: '' })).toThrow('for count, got -1');
  expect(shuffledIndices(0, { seed: 0, purpose: '' })).toHaveLength(0);
});
