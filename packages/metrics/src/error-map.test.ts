import { expect, test } from 'vitest';
import { constant, noise } from './image-fixture.ts';
import { errorMap, improvement, protocols, psnr, ssim, type ErrorMapState } from './index.ts';

const size = { width: 20, height: 16 };
const pairs = Array.from({ length: 5 }, (_, i) => ({
  a: noise({ ...size, channels: 3, seed: i }),
  b: noise({ ...size, channels: 3, seed: 100 + i }),
}));

test.each(protocols)('%s: the mean over the map is the score of a pair', (protocol) => {
  const { a, b } = pairs[0]!;
  const squares = errorMap('psnr', { protocol, ...size });
  const unlike = errorMap('ssim', { protocol, ...size });
  squares.update(a, b);
  unlike.update(a, b);
  expect(10 * Math.log10(255 ** 2 / meanOf(squares.compute().values))).toBeCloseTo(
    psnr(a, b, { protocol }),
    10,
  );
  expect(1 - meanOf(unlike.compute().values)).toBeCloseTo(ssim(a, b, { protocol }), 12);
  expect(squares.compute()).toMatchObject({ ...size, left: 0, top: 0, count: 1, kind: 'error', protocol });
  expect(unlike.compute()).toMatchObject({ width: 10, height: 6, left: 5, top: 5 });
});

test('an error is where the images differ', () => {
  const a = constant({ ...size, channels: 1, level: 100 });
  const b = constant({ ...size, channels: 1, level: 100 });
  b.data[3 * 20 + 7] = 110;
  const squares = errorMap('psnr', { protocol: 'rgb', ...size });
  const unlike = errorMap('ssim', { protocol: 'rgb', ...size });
  for (const map of [squares, unlike]) {
    map.update(a, b);
    map.update(a, a);
  }
  const { values } = squares.compute();
  expect(values[3 * 20 + 7]).toBe(50);
  expect(meanOf(values) * values.length).toBe(50);
  const { values: far, width } = unlike.compute();
  // The window of a place reaches 5 pixels: of rows 5 to 10 only those up to 8 see row 3, of columns 5 to 14 up to 12.
  expect(far[0]).toBeGreaterThan(0);
  expect(far[3 * width + 7]).toBeGreaterThan(0);
  expect(far[3 * width + 8]).toBe(0);
  expect(far[4 * width + 2]).toBe(0);
});

test('shards in any order give the same map to the last bit, and the same state', () => {
  const whole = errorMap('ssim', size);
  for (const { a, b } of pairs) whole.update(a, b);
  const shards = [[4, 1], [], [2, 0, 3]].map((indices) => {
    const map = errorMap('ssim', size);
    for (const i of indices) map.update(pairs[i]!.a, pairs[i]!.b);
    return JSON.parse(JSON.stringify(map.state())) as ErrorMapState;
  });
  for (const order of [shards, shards.toReversed()]) {
    const merged = errorMap('ssim', size);
    for (const state of order) merged.merge(state);
    expect(merged.compute()).toEqual(whole.compute());
    expect(merged.state()).toEqual(whole.state());
  }
});

test('an improvement is positive where the method errs less', () => {
  const truth = constant({ ...size, channels: 1, level: 100 });
  const baseline = errorMap('psnr', { protocol: 'rgb', ...size });
  const method = errorMap('psnr', { protocol: 'rgb', ...size });
  baseline.update(truth, constant({ ...size, channels: 1, level: 110 }));
  method.update(truth, constant({ ...size, channels: 1, level: 104 }));
  const gain = improvement(baseline.compute(), method.compute());
  expect(gain).toMatchObject({ ...size, kind: 'improvement', metric: 'psnr', count: 1 });
  expect(new Set(gain.values)).toEqual(new Set([84]));
  method.update(truth, truth);
  expect(() => improvement(baseline.compute(), method.compute())).toThrow('count 1, width 20');
});

test('what does not fit is refused', () => {
  const map = errorMap('psnr', size);
  const { a, b } = pairs[0]!;
  expect(() => map.compute()).toThrow('no pair was added');
  expect(() => map.update(noise({ width: 16, height: 20, channels: 3, seed: 1 }), b)).toThrow(
    'expected images of 20 x 16 pixels for the error map, got 16 x 20',
  );
  expect(() => map.update(a, noise({ width: 21, height: 16, channels: 3, seed: 1 }))).toThrow('of one size');
  expect(() => map.update(null as never, b)).toThrow('for first image');
  expect(() => errorMap('ssim', { width: 10, height: 30 })).toThrow('at least 11 x 11 pixels');
  expect(() => errorMap('ms-ssim' as 'ssim', size)).toThrow('expected one of psnr, ssim for metric');
  const state = map.state();
  expect(() => map.merge(errorMap('ssim', size).state() as never)).toThrow('metric psnr');
  expect(() => map.merge({ ...state, sums: state.sums.slice(1) })).toThrow(
    'array of 320 sums for state.sums',
  );
  expect(() => map.merge({ ...state, sums: state.sums.map(() => ['1']) as never })).toThrow('finite numbers');
  expect(map.state()).toEqual(state);
});

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
