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

let loaded: SimdCode | undefined;
let allowed = true;

/**
 * The kernels in WebAssembly, loaded at the first call; undefined where there is no WebAssembly with SIMD, where it is
 * forbidden (by a content security policy) and within {@link withoutSimd}. What they compute is the same without
 * them, and slower.
 */
export function simdCode(): SimdCode | undefined {
  if (allowed && !loaded) {
    try {
      const bytes = Uint8Array.from(atob(moduleBytes), (character) => character.charCodeAt(0));
      loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as SimdCode;
    } catch {
      allowed = false;
    }
  }
  return allowed ? loaded : undefined;
}

/** What `run` returns when the plain code computes it. */
export function withoutSimd<T>(run: () => T): T {
  const before = allowed;
  allowed = false;
  try {
    return run();
  } finally {
    allowed = before;
  }
}
