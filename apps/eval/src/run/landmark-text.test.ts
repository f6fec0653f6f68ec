import { landmarkAccuracy } from '@sparnet/metrics/faces';
import { expect, test } from 'vitest';
import { landmarkText } from './landmark-text.ts';

test('the area and the failures are those of landmarkAccuracy', () => {
  const truth = Array.from({ length: 68 }, (_, i) => ({ x: i % 10, y: Math.floor(i / 10) }));
  const accuracy = landmarkAccuracy({ detector: 'd' });
  const images = [0, 0.01, 0.3, 0.5, 4].map((shift, index) => {
    const nme = accuracy.update(
      truth,
      truth.map(({ x, y }) => ({ x: x + shift, y })),
    ) as number;
    return { name: `${index}.png`, nme };
  });
  const { auc, failureRate } = accuracy.compute();
  expect(failureRate).toBeGreaterThan(0);
  expect(landmarkText({ images })).toContain(`(AUC) ${auc.toFixed(4)}; further off: ${5 * failureRate} of 5`);
});

test('a picture without landmarks is left out, and without any there is nothing to say', () => {
  const images = [
    { name: 'a.png', nme: 0.05 },
    { name: 'b.png', nme: null },
  ];
  expect(landmarkText({ images })).toContain('(AUC) 0.5000; further off: 0 of 1');
  expect(landmarkText({ images: [{ name: 'b.png' }] })).toBeUndefined();
});
