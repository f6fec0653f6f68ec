import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { identification, type IdentificationState } from './identification.ts';

test('those who resemble themselves most are counted; a draw is a failure', () => {
  const people = identification({ network: 'n' });
  people.update([1, 0, 0], [0.9, 0.1, 0]);
  people.update([0, 1, 0], [0.8, 0.6, 0]); // More like the first.
  people.update([0, 0, 1], [0, 0, 2]);
  people.update([0, 0, 3], [0, 1, 1]); // As like the second as itself, and the third.
  const found = people.compute();
  // The third and the fourth true image point the same way.
  expect(found).toMatchObject({ network: 'n', count: 4, rank1: 0.25 });
  const [a, b] = [0.1 / Math.hypot(0.9, 0.1), Math.SQRT1_2];
  expect(found.others).toBeCloseTo((a + 0.8 + 1 + 2 * b) / 12, 7);
});

const vector = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 })
  .filter((values) => values.some((value) => value !== 0));
const pairs = fc.array(fc.tuple(vector, vector), { minLength: 2, maxLength: 8 });

test('parts merged in any order, as threads pass them on, give the same to the last bit', () => {
  fc.assert(
    fc.property(pairs, fc.nat(8), (all, cut) => {
      const whole = gathered(all);
      const merged = gathered(all.slice(cut));
      merged.merge(structuredClone(gathered(all.slice(0, cut)).state()));
      expect(merged.compute()).toEqual(whole.compute());
    }),
    { seed: 4 },
  );
});

test('images that are the true ones are recognised where no two are alike', () => {
  const people = gathered([
    [
      [1, 2, 3],
      [2, 4, 6],
    ],
    [
      [3, 2, 1],
      [3, 2, 1],
    ],
  ]);
  expect(people.compute().rank1).toBe(1);
});

test('what can not be compared is refused, and nothing added', () => {
  const people = gathered([
    [
      [1, 0],
      [1, 0],
    ],
  ]);
  expect(() => people.compute()).toThrow(/two pairs or more to tell apart, got 1/);
  expect(() => people.update([0, 0], [1, 0])).toThrow(/other than zero/);
  expect(() => people.update([1, 0, 0], [1, 0, 0])).toThrow(/expected 2 numbers each for embeddings/);
  expect(() => identification({ network: '' })).toThrow(/name of a network/);
  const state: IdentificationState = { network: 'n', truths: [Float32Array.of(1, 1)], founds: [] };
  expect(() => people.merge(state)).toThrow(/as many truths as founds, got 1 and 0/);
  const founds = [Float32Array.of(0, 0)];
  expect(() => people.merge({ ...state, founds })).toThrow(/none zero/);
  expect(() => people.merge({ ...state, network: 'm' })).toThrow(/network/);
  expect(() => people.merge({ ...state, founds: [[1, 0]] as never })).toThrow(/lists of Float32Array/);
  expect(people.state().truths).toHaveLength(1);
});

function gathered(all: readonly (readonly [truth: number[], found: number[]])[]) {
  const people = identification({ network: 'n' });
  for (const [truth, found] of all) people.update(truth, found);
  return people;
}
