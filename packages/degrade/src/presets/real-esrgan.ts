import type { ChosenStep, DrawnStep, Recipe } from '../recipe/recipe.ts';

const smallWindows = [7, 9, 11];
const largeWindows = [13, 15, 17, 19, 21];
const windows = { oneOf: [...smallWindows, ...largeWindows] };
const filter = { oneOf: ['area', 'bilinear', 'bicubic'] } as const;

/** One of the seven kernels: a tenth sinc, of the rest six kinds of Gaussians. */
function blur({ sigma, beta }: { sigma: [number, number]; beta: [number, number] }): ChosenStep {
  const round = { op: 'generalised-gaussian', size: windows, sigma: { between: sigma } } as const;
  const turned = { ...round, sigmaY: { between: sigma }, angle: { between: [-180, 180] } } as const;
  const generalised = { oneOf: [{ between: [beta[0], 1] }, { between: [1, beta[1]] }] } as const;
  const plateau = {
    beta: { oneOf: [1, { between: [1, 2] }] },
    profile: 'plateau',
  } as const;
  return {
    oneOf: [
      {
        oneOf: [
          { op: 'sinc', size: { oneOf: smallWindows }, cutoff: { between: [Math.PI / 3, Math.PI] } },
          { op: 'sinc', size: { oneOf: largeWindows }, cutoff: { between: [Math.PI / 5, Math.PI] } },
        ],
        weights: [smallWindows.length, largeWindows.length],
      },
      {
        oneOf: [
          round,
          turned,
          { ...round, beta: generalised },
          { ...turned, beta: generalised },
          { ...round, ...plateau },
          { ...turned, ...plateau },
        ],
        weights: [0.45, 0.25, 0.12, 0.03, 0.12, 0.03],
      },
    ],
    weights: [0.1, 0.9],
  };
}

function noise({ sigma, scale }: { sigma: number; scale: number }): ChosenStep {
  const grey = { chance: 0.4 };
  return {
    oneOf: [
      { op: 'noise', sigma: { between: [1, sigma] }, grey },
      { op: 'poisson', scale: { between: [0.05, scale] }, grey },
    ],
  };
}

const jpeg: DrawnStep = { op: 'jpeg', quality: { integer: [30, 95] } };

/** To the final size and, in four of five cases, through the final sinc filter. */
const backAndSinc: readonly (DrawnStep | ChosenStep)[] = [
  { op: 'resize', shrink: 4, of: 'hr', filter, rule: 'opencv' },
  { op: 'sinc', probability: 0.8, size: windows, cutoff: { between: [Math.PI / 3, Math.PI] } },
];

/**
 * Real-ESRGAN's second-order degradation to a quarter of the size. Between its steps the image has 8 bits here, floats
 * there; sharpening of the targets and the crop to 400 pixels are left to the trainer.
 */
export const realEsrgan: Recipe = {
  name: 'real-esrgan',
  source:
    'Real-ESRGAN (arXiv 2107.10833): options/train_realesrgan_x4plus.yml of xinntao/Real-ESRGAN, kernels of BasicSR.',
  steps: [
    blur({ sigma: [0.2, 3], beta: [0.5, 4] }),
    {
      op: 'resize',
      scale: { oneOf: [{ between: [1, 1.5] }, { between: [0.15, 1] }, 1], weights: [0.2, 0.7, 0.1] },
      filter,
      rule: 'opencv',
    },
    noise({ sigma: 30, scale: 3 }),
    jpeg,
    { probability: 0.8, ...blur({ sigma: [0.2, 1.5], beta: [0.5, 4] }) },
    {
      op: 'resize',
      of: 'hr',
      scale: {
        oneOf: [{ between: [0.25, 1.2 / 4] }, { between: [0.3 / 4, 0.25] }, 0.25],
        weights: [0.3, 0.4, 0.3],
      },
      filter,
      rule: 'opencv',
    },
    noise({ sigma: 25, scale: 2.5 }),
    {
      oneOf: [
        [...backAndSinc, jpeg],
        [jpeg, ...backAndSinc],
      ],
    },
  ],
};
