import { describe, expect, test } from 'vitest';
import { presets, sample, type Step, type StepName } from '../index.ts';
import type { StepOf } from '../recipe/step.ts';

// Every check below would fail for one in a million seeds or fewer if the preset is right; there are about 150, so the
// file fails for fewer than one seed in 6000. The seed is fixed: a failure means a changed preset or generator.
const count = 10_000;
/** A standard normal deviate is further from 0 with a probability of 1e-6. */
const furthest = 4.8917;
/** The Kolmogorov-Smirnov distance times the root of the count is larger with a probability below 1e-6. */
const largestDistance = 2.6935;

describe('sparnethd: the ranges of the paper', () => {
  const drawn = draw('sparnethd');

  test('one blur of four, a resize, noise and JPEG', () => {
    const check = createCheck();
    expect(drawn.every((steps) => steps.length === 4)).toBe(true);
    for (const op of ['gaussian', 'average', 'median', 'motion'] as const)
      check.probability(drawn, (steps) => steps[0]!.op === op, 1 / 4);
    for (const [at, op] of [
      [1, 'resize'],
      [2, 'noise'],
      [3, 'jpeg'],
    ] as const)
      expect(drawn.every((steps) => steps[at]!.op === op)).toBe(true);
    expect(check.problems).toEqual([]);
  });

  test('their values', () => {
    const check = createCheck();
    check.blurs(drawn);
    check.even(valuesOf(drawn, 'resize', 'scale'), 16 / 512, 128 / 512);
    check.even(valuesOf(drawn, 'noise', 'sigma'), 0, 25.5);
    check.even(valuesOf(drawn, 'jpeg', 'compression'), 60, 85);
    expect(check.problems).toEqual([]);
  });
});

describe('sparnethd-released: the ranges of the code', () => {
  const drawn = draw('sparnethd-released');

  test('what is done, and how often', () => {
    const check = createCheck();
    check.probability(drawn, has('grey'), 0.3);
    for (const op of ['gaussian', 'average', 'median', 'motion'] as const)
      check.probability(drawn, has(op), 0.5 / 4);
    expect(drawn.every(has('resize'))).toBe(true);
    check.probability(drawn, has('noise'), 0.2);
    check.probability(drawn, has('jpeg'), 0.7);
    check.probability(stepsOf(drawn, 'noise'), ({ grey }) => grey === true, 0.5);
    expect(check.problems).toEqual([]);
  });

  test('their values', () => {
    const check = createCheck();
    check.blurs(drawn);
    check.whole(valuesOf(drawn, 'resize', 'size'), 32, 127);
    for (const filter of ['nearest', 'bilinear', 'area', 'bicubic'])
      check.probability(stepsOf(drawn, 'resize'), (step) => step.filter === filter, 1 / 4);
    check.even(valuesOf(drawn, 'noise', 'sigma'), 0, 25.5);
    check.even(valuesOf(drawn, 'jpeg', 'compression'), 10, 65);
    expect(check.problems).toEqual([]);
  });

  test('what is left out does not depend on what else is', () => {
    const check = createCheck();
    const both = (a: StepName, b: StepName) => (steps: Step[]) => has(a)(steps) && has(b)(steps);
    check.probability(drawn, both('grey', 'noise'), 0.3 * 0.2);
    check.probability(drawn, both('noise', 'jpeg'), 0.2 * 0.7);
    check.probability(drawn, both('grey', 'jpeg'), 0.3 * 0.7);
    expect(check.problems).toEqual([]);
  });
});

describe('gfpgan: the ranges of its options', () => {
  const drawn = draw('gfpgan');

  test('what is done, and how often', () => {
    const check = createCheck();
    const blurs = stepsOf(drawn, 'generalised-gaussian');
    expect(blurs.length).toBe(count);
    check.probability(blurs, ({ sigmaY }) => sigmaY !== undefined, 0.5);
    check.probability(drawn, has('shift'), 0.3);
    check.probability(drawn, has('grey'), 0.01);
    check.probability(drawn, has('jitter'), 0.3);
    expect(check.problems).toEqual([]);
  });

  test('their values', () => {
    const check = createCheck();
    check.even(valuesOf(drawn, 'generalised-gaussian', 'sigma'), 0.1, 10);
    check.even(valuesOf(drawn, 'generalised-gaussian', 'sigmaY'), 0.1, 10);
    check.even(valuesOf(drawn, 'generalised-gaussian', 'angle'), -180, 180);
    check.even(valuesOf(drawn, 'resize', 'shrink'), 0.8, 8);
    check.even(valuesOf(drawn, 'noise', 'sigma'), 0, 20);
    check.whole(valuesOf(drawn, 'jpeg', 'quality'), 60, 99);
    for (const channel of ['red', 'green', 'blue'] as const)
      check.even(valuesOf(drawn, 'shift', channel), -20, 20);
    check.even(valuesOf(drawn, 'jitter', 'brightness'), 0.5, 1.5);
    check.even(valuesOf(drawn, 'jitter', 'contrast'), 0.5, 1.5);
    check.even(valuesOf(drawn, 'jitter', 'saturation'), 0, 1.5);
    check.even(valuesOf(drawn, 'jitter', 'hue'), -0.1, 0.1);
    for (const letter of 'bcsh')
      check.probability(stepsOf(drawn, 'jitter'), ({ order }) => order![0] === letter, 1 / 4);
    expect(check.problems).toEqual([]);
  });
});

describe('real-esrgan: the ranges of its options', () => {
  const drawn = draw('real-esrgan');
  const first = drawn.map((steps) =>
    steps.slice(
      0,
      steps.findIndex(({ op }) => op === 'jpeg'),
    ),
  );
  const second = drawn.map((steps) => steps.slice(steps.findIndex(({ op }) => op === 'jpeg') + 1));

  test('the kernels of both orders', () => {
    const check = createCheck();
    for (const [order, often] of [
      [first, 1],
      [
        second.map((steps) =>
          steps.slice(
            0,
            steps.findIndex(({ op }) => op === 'resize'),
          ),
        ),
        0.8,
      ],
    ] as const) {
      check.probability(order, has('sinc'), 0.1 * often);
      const blurs = stepsOf(order, 'generalised-gaussian');
      const kinds: [number, (step: StepOf<'generalised-gaussian'>) => boolean][] = [
        [0.45, (step) => step.beta === undefined && step.sigmaY === undefined],
        [0.25, (step) => step.beta === undefined && step.sigmaY !== undefined],
        [0.12, (step) => step.beta !== undefined && step.sigmaY === undefined && step.profile === undefined],
        [0.03, (step) => step.beta !== undefined && step.sigmaY !== undefined && step.profile === undefined],
        [0.12, (step) => step.profile === 'plateau' && step.sigmaY === undefined],
        [0.03, (step) => step.profile === 'plateau' && step.sigmaY !== undefined],
      ];
      for (const [share, isKind] of kinds) check.probability(blurs, isKind, share);
      for (const size of [7, 9, 11, 13, 15, 17, 19, 21]) {
        check.probability(blurs, (step) => step.size === size, 1 / 8);
        check.probability(stepsOf(order, 'sinc'), (step) => step.size === size, 1 / 8);
      }
      check.even(valuesOf(order, 'generalised-gaussian', 'sigma'), 0.2, order === first ? 3 : 1.5);
      const betas = blurs.filter(({ profile }) => profile === undefined).flatMap(({ beta }) => beta ?? []);
      check.probability(betas, (beta) => beta < 1, 0.5);
      check.even(
        betas.filter((beta) => beta < 1),
        0.5,
        1,
      );
      check.even(
        betas.filter((beta) => beta > 1),
        1,
        4,
      );
      const plateaus = blurs.filter(({ profile }) => profile === 'plateau').map(({ beta }) => beta!);
      check.probability(plateaus, (beta) => beta === 1, 0.5);
      check.even(
        plateaus.filter((beta) => beta !== 1),
        1,
        2,
      );
      const sincs = stepsOf(order, 'sinc');
      check.even(
        cutoffs(sincs, (size) => size < 13),
        Math.PI / 3,
        Math.PI,
      );
      check.even(
        cutoffs(sincs, (size) => size >= 13),
        Math.PI / 5,
        Math.PI,
      );
    }
    expect(check.problems).toEqual([]);
  });

  test('the resizes', () => {
    const check = createCheck();
    const scales = valuesOf(first, 'resize', 'scale');
    check.probability(scales, (scale) => scale > 1, 0.2);
    check.probability(scales, (scale) => scale < 1, 0.7);
    check.even(
      scales.filter((scale) => scale > 1),
      1,
      1.5,
    );
    check.even(
      scales.filter((scale) => scale < 1),
      0.15,
      1,
    );
    const again = stepsOf(second, 'resize').filter(({ scale }) => scale !== undefined);
    expect(again.length).toBe(count);
    expect(again.every(({ of }) => of === 'hr')).toBe(true);
    const factors = again.map(({ scale }) => scale! * 4);
    check.probability(factors, (scale) => scale > 1, 0.3);
    check.probability(factors, (scale) => scale < 1, 0.4);
    check.even(
      factors.filter((scale) => scale > 1),
      1,
      1.2,
    );
    check.even(
      factors.filter((scale) => scale < 1),
      0.3,
      1,
    );
    for (const filter of ['area', 'bilinear', 'bicubic'])
      check.probability(stepsOf(drawn, 'resize'), (step) => step.filter === filter, 1 / 3);
    expect(check.problems).toEqual([]);
  });

  test('noise and JPEG', () => {
    const check = createCheck();
    for (const [order, sigma, scale] of [
      [first, 30, 3],
      [second, 25, 2.5],
    ] as const) {
      check.probability(order, has('noise'), 0.5);
      check.probability(order, has('poisson'), 0.5);
      check.even(valuesOf(order, 'noise', 'sigma'), 1, sigma);
      check.even(valuesOf(order, 'poisson', 'scale'), 0.05, scale);
      check.probability(stepsOf(order, 'noise'), ({ grey }) => grey === true, 0.4);
      check.probability(stepsOf(order, 'poisson'), ({ grey }) => grey === true, 0.4);
    }
    check.whole(valuesOf(drawn, 'jpeg', 'quality'), 30, 95);
    check.probability(drawn, (steps) => steps.at(-1)!.op === 'jpeg', 0.5);
    expect(check.problems).toEqual([]);
  });

  test('the final sinc filter', () => {
    const check = createCheck();
    const final = second.map((steps) => steps.slice(steps.findLastIndex(({ op }) => op === 'resize')));
    check.probability(final, has('sinc'), 0.8);
    check.even(valuesOf(final, 'sinc', 'cutoff'), Math.PI / 3, Math.PI);
    expect(check.problems).toEqual([]);
  });
});

test.each([4, 8, 16])('bicubic-x%i divides the size by it and does nothing else', (factor) => {
  const { steps, enlarge } = sample(presets[`bicubic-x${factor as 4}`], 1);
  expect(steps).toEqual([{ op: 'resize', shrink: factor }]);
  expect(enlarge).toEqual({ filter: 'bicubic', rule: 'pillow' });
});

test.each(Object.entries(presets))('%s has its own name and a source', (name, preset) => {
  expect(preset.name).toBe(name);
  expect(preset.source!.length).toBeGreaterThan(20);
  expect(JSON.parse(JSON.stringify(preset))).toEqual(preset);
});

function draw(name: keyof typeof presets): Step[][] {
  return Array.from({ length: count }, (_, index) => [...sample(presets[name], 20260801, index).steps]);
}

function has(op: StepName) {
  return (steps: readonly Step[]): boolean => steps.some((step) => step.op === op);
}

function stepsOf<Op extends StepName>(drawn: readonly (readonly Step[])[], op: Op): StepOf<Op>[] {
  return drawn.flatMap((steps) => steps.filter((step): step is StepOf<Op> => step.op === op));
}

/** The values of that field where it is given. */
function valuesOf(drawn: readonly (readonly Step[])[], op: StepName, field: string): number[] {
  return stepsOf(drawn, op).flatMap((step) => (step as unknown as Record<string, number>)[field] ?? []);
}

function cutoffs(sincs: readonly StepOf<'sinc'>[], hasSize: (size: number) => boolean): number[] {
  return sincs.filter(({ size }) => hasSize(size)).map(({ cutoff }) => cutoff);
}

/** Compares draws with what they should be, and collects what is not. */
function createCheck() {
  const problems: string[] = [];
  function note(what: string, isFine: boolean): void {
    if (!isFine) problems.push(what);
  }

  /** The binomial count is near its mean (normal approximation). */
  function probability<T>(values: readonly T[], is: (value: T) => boolean, expected: number): void {
    const mean = values.length * expected;
    const seen = values.filter(is).length;
    const deviate = (seen - mean) / Math.sqrt(mean * (1 - expected));
    note(`${seen} of ${values.length} instead of ${mean}`, mean > 10 && Math.abs(deviate) < furthest);
  }

  /** Drawn evenly from an interval: none outside, and the Kolmogorov-Smirnov distance is small. */
  function even(values: readonly number[], low: number, high: number): void {
    const sorted = values.toSorted((a, b) => a - b);
    const distance = sorted.reduce((largest, value, i) => {
      const expected = (value - low) / (high - low);
      return Math.max(largest, expected - i / sorted.length, (i + 1) / sorted.length - expected);
    }, 0);
    const [first = NaN, last = NaN] = [sorted[0], sorted.at(-1)];
    note(`${first} to ${last} instead of ${low} to ${high}`, first >= low && last <= high);
    const scaled = distance * Math.sqrt(sorted.length);
    note(
      `${sorted.length} values not evenly in ${low} to ${high}`,
      sorted.length > 50 && scaled < largestDistance,
    );
  }

  /** Every whole number of the range as often as the others. */
  function whole(values: readonly number[], low: number, high: number): void {
    const isWhole = (value: number): boolean => Number.isInteger(value) && value >= low && value <= high;
    note(`not all whole numbers from ${low} to ${high}`, values.every(isWhole));
    const choices = high - low + 1;
    const mean = values.length / choices;
    const chi = Array.from(
      { length: choices },
      (_, i) => (values.filter((value) => value === low + i).length - mean) ** 2 / mean,
    ).reduce((sum, term) => sum + term, 0);
    // Wilson and Hilferty's normal approximation of chi squared.
    const spread = 2 / (9 * (choices - 1));
    const deviate = ((chi / (choices - 1)) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread);
    note(`chi squared ${chi} for ${low} to ${high}`, Math.abs(deviate) < furthest);
  }

  function blurs(drawn: readonly (readonly Step[])[]): void {
    even(valuesOf(drawn, 'gaussian', 'sigma'), 3, 15);
    whole(valuesOf(drawn, 'average', 'size'), 3, 15);
    whole(valuesOf(drawn, 'median', 'size'), 3, 15);
    whole(valuesOf(drawn, 'motion', 'size'), 5, 25);
    even(valuesOf(drawn, 'motion', 'angle'), 0, 360);
    even(valuesOf(drawn, 'motion', 'direction'), -1, 1);
  }
  return { problems, probability, even, whole, blurs };
}
