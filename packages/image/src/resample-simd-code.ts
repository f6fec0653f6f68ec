import { moduleBytes } from './resample-module-bytes.ts';

/** The functions of `assembly/`; addresses are bytes in `memory`. */
export interface ResampleCode {
  memory: WebAssembly.Memory;
  resampleColumns(...args: number[]): void;
  resampleRgbRows(...args: number[]): void;
}

let loaded: ResampleCode | undefined;
let allowed = true;

/**
 * The resampling in WebAssembly, loaded at the first call; undefined where there is no WebAssembly with SIMD, where it is
 * forbidden (by a content security policy) and within {@link withoutSimd}. The result is the same without it.
 */
export function resampleCode(): ResampleCode | undefined {
  if (allowed && !loaded) {
    try {
      const bytes = Uint8Array.from(atob(moduleBytes), (character) => character.charCodeAt(0));
      loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as ResampleCode;
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
