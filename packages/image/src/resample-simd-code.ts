import { optionalWasm } from '@sparnet/core';
import { moduleBytes } from './resample-module-bytes.ts';

/** The functions of `assembly/`; addresses are bytes in `memory`. */
export interface ResampleCode {
  memory: WebAssembly.Memory;
  resampleColumns(...args: number[]): void;
  resampleRgbRows(...args: number[]): void;
}

/** The functions where they can be had, and a way to do without. What they compute is the same without them, and slower. */
export const { code: resampleCode, without: withoutSimd } = optionalWasm<ResampleCode>(moduleBytes);
