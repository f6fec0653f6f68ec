// What a contender answers: to `warm-up`, `turn` and `usage`.

/** After the first time, which is not timed. */
export interface WarmUp {
  /** Of a training step, before it. */
  loss?: number;
}

/** One forward pass or training step. */
export interface Turn {
  seconds: number;
}

/** What a contender uses, in bytes. */
export interface Usage {
  peakRss: number;
  /** The WebAssembly heap of each worker; left out where there is none. */
  heaps?: number[];
  /** The tensors of all workers, where ours trains. */
  tensors?: number;
  /** Now, not at most. */
  rss?: number;
}
