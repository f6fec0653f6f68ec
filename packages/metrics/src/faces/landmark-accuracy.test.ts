import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from '../five-points.ts';
import { landmarkAccuracy, type LandmarkState } from './landmark-accuracy.ts';

/** The box of these points is 100 x 100, so an error of 1 pixel is 1 %. */
const truth: Point[] = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 100, y: 100 },
  { x: 0, y: 100 },
];
const off = (pixels: number) => truth.map(({ x, y }) => ({ x: x + pixels, y }));

test('mean, area and failures by hand', () => {
  const accumulator = landmarkAccuracy({ detector: 'd' });
  for (const pixels of [0, 2, 5, 10, 33]) expect(accumulator.update(truth, off(pixels))).toBe(pixels / 100);
  expect(accumulator.update(truth, undefined)).toBeUndefined();
  expect(accumulator.update(undefined, truth)).toBeUndefined();
  const { nme, auc, failureRate, ...rest } = accumulator.compute();
  expect(rest).toEqual({ detector: 'd', norm: 'face-box', limit: 0.1, count: 6, skipped: 1, missing: 1 });
  expect(nme).toBeCloseTo(0.5 / 5, 15);
  // The curve rises by a sixth at 0, 2, 5 and 10 %.
  expect(auc).toBeCloseTo((1 + 0.8 + 0.5 + 0) / 6, 15);
  expect(failureRate).toBeCloseTo(2 / 6, 15);
});

test('the area is that under the cumulative curve, by trapezoids on a fine grid', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 30 }),
      (pixels, percent) => {
        const limit = percent / 100;
        const accumulator = landmarkAccuracy({ detector: 'd', limit });
        const errors = pixels.map((p) => accumulator.update(truth, off(p))!);
        const steps = 1000;
        let area = 0;
        for (let i = 0; i < steps; i++) {
          const at = ((i + 0.5) / steps) * limit;
          area += errors.filter((error) => error <= at).length / errors.length / steps;
        }
        const { auc } = accumulator.compute();
        expect(auc).toBeGreaterThanOrEqual(0);
        expect(auc).toBeLessThanOrEqual(1);
        expect(Math.abs(auc - area)).toBeLessThanOrEqual(1 / steps);
      },
    ),
    { seed: 7 },
  );
});

test('shards merged in any order, through JSON, are one pass to the last bit', () => {
  const pair = fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.array(pair, { maxLength: 6 }), { minLength: 1, maxLength: 5 }), (shards) => {
      const add = (accumulator: ReturnType<typeof landmarkAccuracy>, pixels: number | undefined) =>
        accumulator.update(truth, pixels === undefined ? undefined : off(pixels));
      const whole = landmarkAccuracy({ detector: 'd' });
      for (const pixels of shards.flat()) add(whole, pixels);
      const total = landmarkAccuracy({ detector: 'd' });
      for (const shard of shards.toReversed()) {
        const part = landmarkAccuracy({ detector: 'd' });
        for (const pixels of shard) add(part, pixels);
        total.merge(JSON.parse(JSON.stringify(part.state())) as LandmarkState);
      }
      expect(total.state()).toEqual(whole.state());
    }),
    { seed: 8 },
  );
});

describe('refused', () => {
  test('nothing to average', () => {
    const accumulator = landmarkAccuracy({ detector: 'd' });
    accumulator.update(undefined, truth);
    expect(() => accumulator.compute()).toThrow('no true image with landmarks was added, but 1 without');
    accumulator.update(truth, undefined);
    expect(accumulator.compute()).toMatchObject({ nme: NaN, auc: 0, failureRate: 1 });
  });
  test('a pair that is wrong adds nothing', () => {
    const accumulator = landmarkAccuracy({ detector: 'd' });
    expect(() => accumulator.update(truth, truth.slice(1))).toThrow('got 4 and 3');
    expect(accumulator.state().count).toBe(0);
  });
  test('states of another kind, and what is none', () => {
    const accumulator = landmarkAccuracy({ detector: 'd' });
    for (const options of [
      { detector: 'e' },
      { detector: 'd', limit: 0.08 },
      { detector: 'd', norm: 'inter-ocular' as const },
    ]) {
      const other = landmarkAccuracy(options).state();
      expect(() => accumulator.merge(other)).toThrow(
        'expected detector d, norm face-box, limit 0.1 for state',
      );
    }
    expect(() => accumulator.merge({ ...accumulator.state(), failures: -1 })).toThrow('state.failures');
    expect(() => accumulator.merge({ ...accumulator.state(), area: [NaN] })).toThrow('state.area');
  });
  test('options', () => {
    expect(() => landmarkAccuracy({ detector: '' })).toThrow('the name of a detector');
    expect(() => landmarkAccuracy({ detector: 'd', limit: 0 })).toThrow('for limit, got 0');
  });
});
