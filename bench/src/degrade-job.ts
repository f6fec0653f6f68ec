import type { Parameters, PresetName, Step } from '@sparnet/degrade';

/** What a side is asked to do with one of the pictures: a whole preset, or one step. */
export type Job = { picture: number } & ({ preset: PresetName; parameters: Parameters } | { step: Step });

/** How long a job took, and the mean and the standard deviation of all samples of its result. */
export interface Done {
  seconds: number;
  mean: number;
  deviation: number;
}
