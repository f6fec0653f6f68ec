import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { galleryPlaces } from './gallery-places.ts';
import { resultOf } from './result-fixture.ts';

test('no picture has two places, however few there are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 9 }), fc.nat(4), (scores, each) => {
      const { images, metrics } = resultOf(Object.fromEntries(scores.map((score, at) => [`${at}`, score])));
      const places = galleryPlaces(images, { metric: 'psnr', info: metrics['psnr']!, each });
      expect(new Set(places.map(({ name }) => name)).size).toBe(places.length);
      expect(places).toHaveLength(Math.min(scores.length, 3 * each));
    }),
  );
});
