/** WebAssembly beside plain code that computes the same. */
export interface OptionalWasm<Code> {
  /**
   * What the module exports, loaded at the first call; undefined where there is no WebAssembly with the features it needs,
   * where it is forbidden (by a content security policy) and within `without`: then the plain code has to compute.
   */
  code(): Code | undefined;
  /** What `run` returns when the plain code computes it. */
  without<Result>(run: () => Result): Result;
}

/**
 * A WebAssembly module without imports that nothing depends on but speed.
 *
 * @param base64 - The module's bytes. Nothing is loaded before they are needed.
 */
export function optionalWasm<Code>(base64: string): OptionalWasm<Code> {
  let loaded: Code | undefined;
  let allowed = true;
  return {
    code() {
      if (allowed && !loaded) {
        try {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Code;
        } catch {
          allowed = false;
        }
      }
      return allowed ? loaded : undefined;
    },
    without(run) {
      const before = allowed;
      allowed = false;
      try {
        return run();
      } finally {
        allowed = before;
      }
    },
  };
}
