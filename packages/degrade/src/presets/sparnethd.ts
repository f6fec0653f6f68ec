import type { Recipe } from '../recipe/recipe.ts';

/** The degradation that the paper describes. */
export const sparnethd: Recipe = {
  name: 'sparnethd',
  source: 'SPARNetHD (arXiv 2012.01211), equation 14 and the ranges below it.',
  hr: { width: 512, height: 512 },
  steps: [
    {
      oneOf: [
        { op: 'gaussian', sigma: { between: [3, 15] } },
        { op: 'average', size: { integer: [3, 15] } },
        { op: 'median', size: { integer: [3, 15] } },
        {
          op: 'motion',
          size: { integer: [5, 25] },
          angle: { between: [0, 360] },
          direction: { between: [-1, 1] },
        },
      ],
    },
    { op: 'resize', scale: { between: [16 / 512, 128 / 512] } },
    { op: 'noise', sigma: { between: [0, 25.5] } },
    { op: 'jpeg', compression: { between: [60, 85] } },
  ],
};

/** The degradation that the released code computes, which differs from the paper. */
export const sparnethdReleased: Recipe = {
  name: 'sparnethd-released',
  source:
    'The code released with SPARNetHD (arXiv 2012.01211), whose blurs, noise and JPEG are those of imgaug and OpenCV.',
  hr: { width: 512, height: 512 },
  steps: [
    { op: 'grey', probability: 0.3 },
    {
      probability: 0.5,
      oneOf: [
        { op: 'gaussian', sigma: { between: [3, 15] } },
        { op: 'average', size: { integer: [3, 15] } },
        { op: 'median', size: { integer: [3, 15] } },
        {
          op: 'motion',
          size: { integer: [5, 25] },
          angle: { between: [0, 360] },
          direction: { between: [-1, 1] },
        },
      ],
    },
    {
      op: 'resize',
      size: { integer: [32, 127] },
      filter: { oneOf: ['nearest', 'bilinear', 'area', 'bicubic'] },
      rule: 'opencv',
    },
    // imgaug is asked for noise per channel in half of the cases; the other half is the same for all channels.
    { op: 'noise', probability: 0.2, sigma: { between: [0, 25.5] }, grey: { chance: 0.5 } },
    { op: 'jpeg', probability: 0.7, compression: { between: [10, 65] } },
  ],
  enlarge: { filter: 'bicubic', rule: 'opencv' },
};
