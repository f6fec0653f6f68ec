import { expect, test } from 'vitest';
import { knownScores, scoresAsText } from './known-scores-fixture.ts';

test('scores and maps are in a browser what they are in Node', () => {
  expect(scoresAsText()).toBe(knownScores);
});
