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
