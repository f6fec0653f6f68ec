// What a contender that trains answers: to `step` and to `usage`.

/** One training step of a contender. */
export interface StepTime {
  seconds: number;
  loss: number;
}

/** What a contender has used, in bytes. */
export interface Usage {
  peakRss: number;
  /** The WebAssembly heap of each worker; left out where there is none. */
  heaps?: number[];
}
