import type { Subsampling } from '../jpeg/jpeg-artifacts.ts';
import type { ResizeFilter, ResizeRule } from '../resize/resize.ts';

/** One degradation with all its numbers: what a recipe is drawn to, and what is applied. */
export type Step =
  | { op: 'grey' }
  | { op: 'gaussian'; sigma?: number; size?: number }
  | { op: 'average'; size: number }
  | { op: 'median'; size: number }
  | { op: 'motion'; size: number; angle: number; direction: number }
  | {
      op: 'generalised-gaussian';
      size: number;
      sigma: number;
      sigmaY?: number;
      angle?: number;
      beta?: number;
      profile?: 'exponential' | 'plateau';
    }
  | { op: 'sinc'; size: number; cutoff: number }
  | {
      op: 'resize';
      /** Exactly one of the three: by which the sides are multiplied, by which they are divided, or both sides. */
      scale?: number;
      shrink?: number;
      size?: number;
      /** What scale and shrink refer to; as the image is at this step if left out. */
      of?: 'image' | 'hr';
      filter?: ResizeFilter;
      rule?: ResizeRule;
    }
  | { op: 'noise'; sigma: number; grey?: boolean; seed: number }
  | { op: 'poisson'; scale: number; grey?: boolean; seed: number }
  | {
      op: 'jpeg';
      /** Exactly one of the two. */
      quality?: number;
      compression?: number;
      subsampling?: Subsampling;
    }
  | { op: 'shift'; red: number; green: number; blue: number }
  | {
      op: 'jitter';
      brightness?: number;
      contrast?: number;
      saturation?: number;
      hue?: number;
      /** First letters of the four; `bcsh` if left out. */
      order?: string;
    };

/** The name of a degradation. */
export type StepName = Step['op'];

/** The step of one name. */
export type StepOf<Op extends StepName> = Extract<Step, { op: Op }>;
