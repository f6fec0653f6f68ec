import { readFileSync } from 'node:fs';
import { parseSafetensors, type StateDict } from '@sparnet/weights';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adamStep } from './adam.ts';

const vectors = new URL('../../../../vectors/ema-adam/', import.meta.url);
const reference = JSON.parse(readFileSync(new URL('case.json', vectors), 'utf8')) as {
  config: {
    adam_runs: Record<string, { lr: number; betas: [number, number] }>;
    eps: number;
    steps: number;
    scheduled_adam: { lr: number; betas: [number, number] };
  };
  scalars: Record<string, number[]>;
  tolerances: { results: { tol: number }; scalars: { tol_relative: number } };
};
const { config, scalars, tolerances } = reference;
const inputs = read('inputs');
const results = read('results');
const tolerance = tolerances.results.tol;
const largest = Math.max(...Object.keys(results).map((name) => maxAbs(floats(results, name))));

describe.each(Object.entries(config.adam_runs))(
  'the reference run %s',
  (name, { lr, betas: [beta1, beta2] }) => {
    const rates = { beta1, beta2, epsilon: config.eps };

    test('the parameters after each step, and the moments', () => {
      const run = start(floats(inputs, 'param'));
      for (let step = 1; step <= config.steps; step++) {
        const gradients = floats(inputs, `grad${step - 1}`);
        adamStep({ ...run, gradients, step, learningRate: lr, ...rates });
        expect(gap(run.parameters, floats(results, `${name}/param.${step}`))).toBeLessThanOrEqual(tolerance);
      }
      expect(gap(run.firstMoment, floats(results, `${name}/exp_avg`))).toBeLessThanOrEqual(tolerance);
      expect(gap(run.secondMoment, floats(results, `${name}/exp_avg_sq`))).toBeLessThanOrEqual(tolerance);
    });

    test('a single number', () => {
      const run = start(floats(inputs, 'scalar'));
      scalars[`${name}.scalar_after_each_step`]?.forEach((expected, i) => {
        adamStep({
          ...run,
          gradients: floats(inputs, `scalar_grad${i}`),
          step: i + 1,
          learningRate: lr,
          ...rates,
        });
        const relative = Math.abs((run.parameters[0] as number) - expected) / (Math.abs(expected) + 0.001);
        expect(relative).toBeLessThanOrEqual(tolerances.scalars.tol_relative);
      });
      expect(run.parameters[0]).not.toBe(floats(inputs, 'scalar')[0]);
    });
  },
);

test('the reference run with a falling rate', () => {
  const {
    lr,
    betas: [beta1, beta2],
  } = config.scheduled_adam;
  const run = start(floats(inputs, 'param'));
  for (let k = 0; k < config.steps; k++) {
    const learningRate = lr * (1 - k / config.steps);
    const gradients = floats(inputs, `grad${k}`);
    adamStep({ ...run, gradients, step: k + 1, learningRate, beta1, beta2, epsilon: config.eps });
  }
  expect(gap(run.parameters, floats(results, `scheduled/param.${config.steps}`))).toBeLessThanOrEqual(
    tolerance,
  );
});

test('a parameter whose gradient is always 0 keeps its bits', () => {
  const run = start(Float32Array.of(0.1));
  for (let step = 1; step <= 5; step++) {
    adamStep({ ...run, gradients: Float32Array.of(0), step, learningRate: 0.1 });
  }
  expect(run.parameters).toEqual(Float32Array.of(0.1));
});

test('parts of a shared vector give the same bits as the whole', () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 20 }), fc.nat(19), (values, place) => {
      const cut = place % values.length;
      const gradients = Float32Array.from(values).reverse();
      const whole = start(Float32Array.from(values));
      adamStep({ ...whole, gradients, step: 1, learningRate: 0.01 });

      const parts = start(Float32Array.from(values));
      const shared = new Float32Array(new SharedArrayBuffer(4 * values.length));
      shared.set(values);
      for (const [from, to] of [
        [0, cut],
        [cut, values.length],
      ] as const) {
        adamStep({
          parameters: shared.subarray(from, to),
          gradients: gradients.subarray(from, to),
          firstMoment: parts.firstMoment.subarray(from, to),
          secondMoment: parts.secondMoment.subarray(from, to),
          step: 1,
          learningRate: 0.01,
        });
      }
      expect([...shared]).toEqual([...whole.parameters]);
      expect(parts.secondMoment).toEqual(whole.secondMoment);
    }),
    { numRuns: 50 },
  );
});

test('arguments out of range are refused', () => {
  const run = { ...start(Float32Array.of(1)), gradients: Float32Array.of(1), step: 1, learningRate: 0.1 };
  expect(() => adamStep({ ...run, step: 0 })).toThrow('for step, got 0');
  expect(() => adamStep({ ...run, gradients: new Float32Array(2) })).toThrow('for gradients, got 2');
  expect(() => adamStep({ ...run, learningRate: Number.NaN })).toThrow('for learningRate, got NaN');
  expect(() => adamStep({ ...run, beta2: 1 })).toThrow('for beta2, got 1');
});

function start(parameters: Float32Array) {
  return {
    parameters: parameters.slice(),
    firstMoment: new Float32Array(parameters.length),
    secondMoment: new Float32Array(parameters.length),
  };
}

function read(name: string): StateDict {
  return parseSafetensors(readFileSync(new URL(`${name}.safetensors`, vectors))).tensors;
}

function floats(file: StateDict, name: string): Float32Array {
  return file[name]?.data as Float32Array;
}

function maxAbs(values: Float32Array): number {
  return Math.max(...values.map(Math.abs));
}

/** The largest difference, relative as the reference's tolerances are meant. */
function gap(actual: Float32Array, expected: Float32Array): number {
  const gaps = actual.map((value, i) => Math.abs(value - (expected[i] as number)));
  return maxAbs(gaps) / (maxAbs(expected) + 0.001 * largest);
}
