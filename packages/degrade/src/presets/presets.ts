import type { Recipe } from '../recipe/recipe.ts';
import { bicubicX16, bicubicX4, bicubicX8 } from './bicubic.ts';
import { gfpgan } from './gfpgan.ts';
import { realEsrgan } from './real-esrgan.ts';
import { sparnethd, sparnethdReleased } from './sparnethd.ts';

/** The degradation models that come with the package, by name. They are data: copy one and change it. */
export const presets = {
  'bicubic-x4': bicubicX4,
  'bicubic-x8': bicubicX8,
  'bicubic-x16': bicubicX16,
  sparnethd,
  'sparnethd-released': sparnethdReleased,
  gfpgan,
  'real-esrgan': realEsrgan,
} as const satisfies Record<string, Recipe>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;
