/** The pairs to score: `first` up to, not including, `last`. */
export interface Range {
  first: number;
  last: number;
}

/** How long it took, and the scores. */
export interface Scored {
  seconds: number;
  psnr: number[];
  ssim: number[];
}
