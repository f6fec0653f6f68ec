import { expect, test } from 'vitest';
import { watchDiscriminators, type GameSigns } from './watch-discriminators.ts';

const well: GameSigns = { discriminator: 0.9, real: 0.4, fake: -0.3, contrast: 0.9 };

/** What is said in the course of so many steps. */
function messages(signs: GameSigns, steps: number, watch = watchDiscriminators()): string[] {
  return Array.from({ length: steps }, () => watch(signs)).filter((message) => message !== undefined);
}

test('a game that goes well is left alone', () => {
  expect(messages(well, 2000)).toEqual([]);
});

test.each([
  ['saturated', { ...well, discriminator: 0.001, real: 5, fake: -5 }, 100],
  ['no longer tell real from made', { ...well, real: 0.2, fake: 0.2 }, 400],
  ['collapsed', { ...well, contrast: 0.01 }, 50],
  ['the generator has run away', { ...well, contrast: 6000 }, 50],
  ['the discriminators have run away', { ...well, discriminator: 20 }, 50],
])('%s is said once, when it has lasted', (words, signs, patience) => {
  expect(messages(signs, patience - 1)).toEqual([]);
  const said = messages(signs, 10 * patience);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(words);
});

test('where terms are summed, guessing costs as much more', () => {
  const watch = watchDiscriminators({ terms: 6 });
  expect(messages({ ...well, discriminator: 6.1 }, 200, watch)).toEqual([]);
  expect(messages({ ...well, discriminator: 0.4 }, 200, watch)[0]).toContain('saturated');
  expect(messages({ ...well, discriminator: 60 }, 200, watch)[0]).toContain('run away');
});

test('a step that looks well now and then does not hide it', () => {
  const watch = watchDiscriminators();
  const saturated = { ...well, discriminator: 0.01 };
  const said = Array.from({ length: 30 }, () => [
    ...messages(saturated, 19, watch),
    ...messages(well, 1, watch),
  ]);
  expect(said.flat()).toHaveLength(1);
});

test('what has passed and comes back is said again', () => {
  const watch = watchDiscriminators();
  const collapsed = { ...well, contrast: 0 };
  expect(messages(collapsed, 300, watch)).toHaveLength(1);
  expect(messages(well, 100, watch)).toEqual([]);
  expect(messages(collapsed, 50, watch)).toEqual([]);
  expect(messages(collapsed, 300, watch)).toHaveLength(1);
});
