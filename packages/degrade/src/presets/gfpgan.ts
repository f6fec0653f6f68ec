import { jitterOrders } from '../colour/jitter-colour.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** GFPGAN's degradation. Its changes of colour follow the enlargement there and come before it here. */
export const gfpgan: Recipe = {
  name: 'gfpgan',
  source: 'GFPGAN (arXiv 2101.04061): options/train_gfpgan_v1.yml of TencentARC/GFPGAN, kernels of BasicSR.',
  steps: [
    {
      oneOf: [
        { op: 'generalised-gaussian', size: 41, sigma: { between: [0.1, 10] } },
        {
          op: 'generalised-gaussian',
          size: 41,
          sigma: { between: [0.1, 10] },
          sigmaY: { between: [0.1, 10] },
          angle: { between: [-180, 180] },
        },
      ],
    },
    { op: 'resize', shrink: { between: [0.8, 8] }, filter: 'bilinear', rule: 'opencv' },
    { op: 'noise', sigma: { between: [0, 20] } },
    // The quality is drawn from 60 to 100 and its fraction dropped.
    { op: 'jpeg', quality: { integer: [60, 99] } },
    {
      op: 'shift',
      probability: 0.3,
      red: { between: [-20, 20] },
      green: { between: [-20, 20] },
      blue: { between: [-20, 20] },
    },
    { op: 'grey', probability: 0.01 },
    {
      op: 'jitter',
      probability: 0.3,
      brightness: { between: [0.5, 1.5] },
      contrast: { between: [0.5, 1.5] },
      saturation: { between: [0, 1.5] },
      hue: { between: [-0.1, 0.1] },
      order: { oneOf: jitterOrders },
    },
  ],
  enlarge: { filter: 'bilinear', rule: 'opencv' },
};
