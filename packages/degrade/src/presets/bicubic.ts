import type { Recipe } from '../recipe/recipe.ts';

const source =
  'SPARNet (arXiv 2012.01211), section IV: LR images by bicubic downsampling of HR images; Pillow.';

export const bicubicX4: Recipe = { name: 'bicubic-x4', source, steps: [{ op: 'resize', shrink: 4 }] };
export const bicubicX8: Recipe = { name: 'bicubic-x8', source, steps: [{ op: 'resize', shrink: 8 }] };
export const bicubicX16: Recipe = { name: 'bicubic-x16', source, steps: [{ op: 'resize', shrink: 16 }] };
