import type { Taps } from '../filter-separably.ts';

/** The filters that OpenCV and PyTorch apply without stretching them when shrinking. */
export type PlainFilter = 'area' | 'bilinear' | 'bicubic';

/** The weights that turn a line of `from` samples into one of `to`. Positions are quotients of integers: exact. */
export function tapsOf(filter: PlainFilter, from: number, to: number): Taps {
  return filter === 'area' ? areaTaps(from, to) : interpolationTaps(filter, from, to);
}

/** Output i lies at (i + 0.5) from / to - 0.5 of the input. */
function interpolationTaps(filter: 'bilinear' | 'bicubic', from: number, to: number): Taps {
  const taps = filter === 'bilinear' ? 2 : 4;
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const numerator = (2 * i + 1) * from - to;
    const position = Math.floor(numerator / (2 * to));
    const rest = (numerator - position * 2 * to) / (2 * to);
    starts[i] = position + 1 - taps / 2;
    weights.set(filter === 'bilinear' ? [1 - rest, rest] : cubicWeights(rest), i * taps);
  }
  return { taps, starts, weights };
}

/** Keys' cubic with a = -0.75 at the distances 1 + t, t, 1 - t and 2 - t. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

/** The shares of the input samples in the interval from i from / to to (i + 1) from / to. */
function areaTaps(from: number, to: number): Taps {
  const taps = Math.min(from, Math.ceil(from / to) + 1);
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const start = Math.min(Math.floor((i * from) / to), from - taps);
    starts[i] = start;
    for (let k = 0; k < taps; k++) {
      // In units of 1 / to of an input sample all ends are integers.
      const left = Math.max((start + k) * to, i * from);
      const right = Math.min((start + k + 1) * to, (i + 1) * from);
      weights[i * taps + k] = Math.max(0, right - left) / from;
    }
  }
  return { taps, starts, weights };
}
