import { optionalWasm } from '@sparnet/core';
import { moduleBytes } from './module-bytes.ts';

/** The functions of `assembly/`; addresses are bytes in `memory`. */
export interface SimdCode {
  memory: WebAssembly.Memory;
  startDoubts(list: number, capacity: number, error: number): void;
  correlateRows(...args: number[]): number;
  gaussianRows(...args: number[]): number;
  averageRows(...args: number[]): void;
  medianRows(...args: number[]): void;
  medianOfNineRows(...args: number[]): void;
  startNoise(low: number, high: number, purpose: number): void;
  addNoise(samples: number, count: number, together: number, sigma: number): void;
}

/** The functions where they can be had, and a way to do without. What they compute is the same without them, and slower. */
export const { code: simdCode, without: withoutSimd } = optionalWasm<SimdCode>(moduleBytes);
