import { resize as resizeLikePillow, sideBySide, toRgb, type Image } from '@sparnet/image';
import { presets } from '../presets/presets.ts';
import { apply } from '../recipe/apply.ts';
import type { DrawnStep } from '../recipe/recipe.ts';
import { sample } from '../recipe/sample.ts';

/** Pixels of the longer side of the photo on which degradations are shown. */
export const gridSide = 256;
const columns = 5;

/** Every degradation from weak to strong. */
const rows: Readonly<Record<string, readonly DrawnStep[]>> = {
  'Gaussian blur, sigma 1, 2, 4, 8, 15': [1, 2, 4, 8, 15].map((sigma) => ({ op: 'gaussian', sigma })),
  'average blur, size 3, 5, 8, 11, 15': [3, 5, 8, 11, 15].map((size) => ({ op: 'average', size })),
  'median blur, size 3, 5, 7, 11, 15': [3, 5, 7, 11, 15].map((size) => ({ op: 'median', size })),
  'motion blur, size 5 to 25, angle 0 to 144': [5, 10, 15, 20, 25].map((size, i) => ({
    op: 'motion',
    size,
    angle: 36 * i,
    direction: 0,
  })),
  'generalised Gaussian blur, 8 x 2 pixels at 30 degrees, beta 0.5, 0.75, 1, 2, 4': [0.5, 0.75, 1, 2, 4].map(
    (beta) => ({ op: 'generalised-gaussian', size: 31, sigma: 8, sigmaY: 2, angle: 30, beta }),
  ),
  'sinc filter, cutoff 2.5, 2, 1.5, 1, 0.6': [2.5, 2, 1.5, 1, 0.6].map((cutoff) => ({
    op: 'sinc',
    size: 21,
    cutoff,
  })),
  'to an eighth of the size by nearest, area, bilinear, bicubic (as OpenCV) and bicubic (as Pillow)': [
    ...(['nearest', 'area', 'bilinear', 'bicubic'] as const).map(
      (filter) => ({ op: 'resize', shrink: 8, filter, rule: 'opencv' }) as const,
    ),
    { op: 'resize', shrink: 8 },
  ],
  'noise per channel, sigma 5, 10, 15, 20, 25': [5, 10, 15, 20, 25].map((sigma) => ({ op: 'noise', sigma })),
  'grey noise, sigma 5, 10, 15, 20, 25': [5, 10, 15, 20, 25].map((sigma) => ({
    op: 'noise',
    sigma,
    grey: true,
  })),
  'Poisson noise, scale 0.5, 1, 1.5, 2, 3': [0.5, 1, 1.5, 2, 3].map((scale) => ({ op: 'poisson', scale })),
  'JPEG, compression 10, 40, 65, 85, 95': [10, 40, 65, 85, 95].map((compression) => ({
    op: 'jpeg',
    compression,
  })),
  'no colour; colour shifted by -20 and 20': [
    { op: 'grey' },
    ...[-20, 20].flatMap((red) => [
      { op: 'shift', red, green: 0, blue: 0 } as const,
      { op: 'shift', red, green: -red, blue: red } as const,
    ]),
  ],
  'brightness 0.5, contrast 0.5, saturation 0 and 1.5, hue 0.1': [
    { op: 'jitter', brightness: 0.5 },
    { op: 'jitter', contrast: 0.5 },
    { op: 'jitter', saturation: 0 },
    { op: 'jitter', saturation: 1.5 },
    { op: 'jitter', hue: 0.1 },
  ],
};

/**
 * One picture of all degradations of a photo: each in a row, from weak to strong, then every preset as five seeds draw
 * it, always beside the photo itself.
 *
 * @returns The picture, and what its rows show.
 * @throws SparnetError `bad-image` for an invalid image.
 */
export function degradationGrid(
  image: Image,
  { seed = 0 }: { seed?: number } = {},
): {
  grid: Image;
  legend: string[];
} {
  const photo = fitted(toRgb(image));
  const shown = Object.entries(rows).map(([label, steps]) => ({
    label,
    cells: steps.map((step) => apply(photo, sample({ steps: [step] }, seed)).lrUp),
  }));
  for (const [name, preset] of Object.entries(presets)) {
    // A preset for photos of one size is applied to such a photo, whatever its sides.
    const cells = Array.from({ length: columns }, (_, index) =>
      resizeLikePillow(apply(photo, sample(preset, seed, index)).lrUp, photo),
    );
    shown.push({ label: `preset ${name}, seed ${seed}, images 0 to ${columns - 1}`, cells });
  }
  return {
    grid: sideBySide(shown.map(({ cells }) => [photo, ...cells])),
    legend: shown.map(({ label }) => label),
  };
}

function fitted(photo: Image): Image {
  const scale = gridSide / Math.max(photo.width, photo.height);
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale));
  return resizeLikePillow(photo, { width: scaled(photo.width), height: scaled(photo.height) });
}
