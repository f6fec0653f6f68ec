import { readFileSync } from 'node:fs';
import { parseSafetensors } from '@sparnet/weights';
import { expect, test } from 'vitest';
import { averageInto, warmedUpDecay } from './ema.ts';

const vectors = new URL('../../../../vectors/ema-adam/', import.meta.url);

test('the reference run', () => {
  const { config, tolerances } = JSON.parse(readFileSync(new URL('case.json', vectors), 'utf8')) as {
    config: { steps: number; ema_decay: number };
    tolerances: { results: { tol: number } };
  };
  const inputs = read('inputs');
  const results = read('results');
  const average = inputs('ema0').slice();
  for (let i = 1; i <= config.steps; i++) {
    averageInto(average, inputs(`model${i - 1}`), config.ema_decay);
    const expected = results(`ema/${i}`);
    const scale = Math.max(...expected.map(Math.abs));
    average.forEach((value, k) => {
      expect(Math.abs(value - (expected[k] as number)) / scale).toBeLessThanOrEqual(tolerances.results.tol);
    });
  }
  expect(average).not.toEqual(inputs('ema0'));
});

test('decay 0 copies and decay 1 keeps', () => {
  const average = Float32Array.of(1, 2);
  averageInto(average, Float32Array.of(3, 4), 1);
  expect(average).toEqual(Float32Array.of(1, 2));
  averageInto(average, Float32Array.of(3, 4), 0);
  expect(average).toEqual(Float32Array.of(3, 4));
});

test('a warmed-up decay begins at two elevenths and ends at the decay', () => {
  expect(warmedUpDecay(0.999, 1)).toBe(2 / 11);
  expect(warmedUpDecay(0.999, 90)).toBe(0.91);
  expect(warmedUpDecay(0.999, 8989)).toBeLessThan(0.999);
  expect(warmedUpDecay(0.999, 9000)).toBe(0.999);
  expect(warmedUpDecay(0, 1000)).toBe(0);
});

test('arguments out of range are refused', () => {
  expect(() => averageInto(new Float32Array(2), new Float32Array(3), 0.9)).toThrow('for values, got 3');
  expect(() => averageInto(new Float32Array(2), new Float32Array(2), 1.1)).toThrow('for decay, got 1.1');
  expect(() => warmedUpDecay(0.9, 0)).toThrow('for updates, got 0');
});

function read(name: string): (key: string) => Float32Array {
  const { tensors } = parseSafetensors(readFileSync(new URL(`${name}.safetensors`, vectors)));
  return (key) => tensors[key]?.data as Float32Array;
}
