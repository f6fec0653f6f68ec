import { randomStream } from '@sparnet/core';
import type { InitialValues } from './module.ts';

/** `size` normal deviates of the stream that belongs to the variable `name`. */
export function normalValues(
  size: number,
  { mean, deviation }: { mean: number; deviation: number },
): InitialValues {
  return (seed, name) => {
    const random = randomStream({ seed, purpose: `init ${name}` });
    return Float32Array.from({ length: size }, () => mean + deviation * random.normal());
  };
}

/** `size` times the same value. */
export function constantValues(size: number, value: number): InitialValues {
  return () => new Float32Array(size).fill(value);
}

/** A random direction: `size` values whose squares add up to 1. */
export function unitValues(size: number): InitialValues {
  return (seed, name) => {
    const values = normalValues(size, { mean: 0, deviation: 1 })(seed, name);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    return values.map((value) => value / length);
  };
}
