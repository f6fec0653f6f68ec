import { expect, test } from 'vitest';
import { knownScores, scoresAsText } from './known-scores-fixture.ts';

test('scores and maps are those that a browser is held to', () => {
  expect(scoresAsText()).toBe(knownScores);
});
