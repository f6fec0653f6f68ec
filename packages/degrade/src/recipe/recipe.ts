import type { ResizeFilter, ResizeRule } from '../resize/resize.ts';
import type { Step } from './step.ts';

/**
 * A value of a recipe: itself, or how it is drawn. `between` draws a number evenly from an interval, `integer` a whole
 * one, both ends included, `chance` is true with a probability, `oneOf` takes one of several, which may be drawn again.
 */
export type Drawn<T> =
  | T
  | { oneOf: readonly Drawn<T>[]; weights?: readonly number[] }
  | (T extends number
      ? { between: readonly [number, number] } | { integer: readonly [number, number] }
      : never)
  | (T extends boolean ? { chance: number } : never);

/** A {@link Step} whose values may be drawn and which may be left out by chance. Seeds are drawn unasked. */
export type DrawnStep = Drawable<Step>;
type Drawable<S> = S extends Step
  ? { op: S['op']; probability?: number } & {
      [K in keyof S as Exclude<K, 'op' | 'seed'>]: Drawn<Exclude<S[K], undefined>>;
    }
  : never;

/** One of several steps or lists of steps, by weight (evenly if left out). */
export interface ChosenStep {
  oneOf: readonly (RecipeStep | readonly RecipeStep[])[];
  weights?: readonly number[];
  probability?: number;
}

/** A line of a recipe. */
export type RecipeStep = DrawnStep | ChosenStep;

/** How an image is enlarged again. */
export interface Enlargement {
  filter?: ResizeFilter;
  rule?: ResizeRule;
}

/** A degradation model as plain JSON. */
export interface Recipe {
  name?: string;
  /** Where the numbers come from. */
  source?: string;
  /** The photo is first resized to this many pixels, with Pillow's bicubic; left out, it is taken as it is. */
  hr?: { width: number; height: number };
  steps: readonly RecipeStep[];
  /** How the LR image becomes LR-UP; Pillow's bicubic if left out. */
  enlarge?: Enlargement;
}

/** What {@link Recipe} was drawn to for one image: enough to degrade it again, to the last bit. */
export interface Parameters {
  recipe?: string;
  seed: number;
  index: number;
  hr?: { width: number; height: number };
  steps: readonly Step[];
  enlarge: Enlargement;
}
