import type { Image } from '@sparnet/image';
import { averageBlur } from '../blur/average-blur.ts';
import { gaussianBlur } from '../blur/gaussian-blur.ts';
import { generalisedGaussianBlur } from '../blur/generalised-gaussian-blur.ts';
import { medianBlur } from '../blur/median-blur.ts';
import { motionBlur } from '../blur/motion-blur.ts';
import { sincBlur } from '../blur/sinc-blur.ts';
import { jitterColour, jitterOrders } from '../colour/jitter-colour.ts';
import { removeColour } from '../colour/remove-colour.ts';
import { shiftColour } from '../colour/shift-colour.ts';
import { jpegArtifacts } from '../jpeg/jpeg-artifacts.ts';
import { qualityOfCompression } from '../jpeg/quality-of-compression.ts';
import { gaussianNoise } from '../noise/gaussian-noise.ts';
import { poissonNoise } from '../noise/poisson-noise.ts';
import { resize, resizeFilters, resizeRules } from '../resize/resize.ts';
import type { StepName, StepOf } from './step.ts';

/** What a value of a step may be. */
export type Field = { optional?: true } & (
  | { kind: 'number'; min: number; max: number }
  | { kind: 'integer'; min: number; max: number; odd?: true }
  | { kind: 'boolean' }
  | { kind: 'choice'; choices: readonly string[] }
);

/** A degradation: what its values may be, in the order in which they are drawn, and what it does. */
export interface Operation<Op extends StepName = StepName> {
  fields: Readonly<Record<Exclude<keyof StepOf<Op>, 'op'>, Field>>;
  /** Exactly one of these fields must be given. */
  exactlyOne?: readonly string[];
  /** One of these fields at least. */
  atLeastOne?: readonly string[];
  run(image: Image, step: StepOf<Op>, hr: Size): Image;
}

interface Size {
  width: number;
  height: number;
}

const number = (min: number, max: number) => ({ kind: 'number', min, max }) as const;
const integer = (min: number, max: number) => ({ kind: 'integer', min, max }) as const;
const odd = (min: number, max: number) => ({ kind: 'integer', min, max, odd: true }) as const;
const choice = (choices: readonly string[]) => ({ kind: 'choice', choices }) as const;
const yesOrNo = { kind: 'boolean' } as const;
const optional = { optional: true } as const;
const angle = number(-36000, 36000);
/** Drawn for every step that needs one: the noise is then a function of the parameters alone. */
const seed = integer(0, Number.MAX_SAFE_INTEGER);

/** All degradations by name. */
export const operations: { readonly [Op in StepName]: Operation<Op> } = {
  grey: { fields: {}, run: (image) => removeColour(image) },
  gaussian: {
    fields: { sigma: { ...number(0.01, 200), ...optional }, size: { ...odd(1, 999), ...optional } },
    atLeastOne: ['sigma', 'size'],
    run: gaussianBlur,
  },
  average: { fields: { size: integer(1, 999) }, run: averageBlur },
  median: { fields: { size: integer(1, 255) }, run: medianBlur },
  motion: { fields: { size: integer(1, 101), angle, direction: number(-1, 1) }, run: motionBlur },
  'generalised-gaussian': {
    fields: {
      size: odd(1, 101),
      sigma: number(0.01, 100),
      sigmaY: { ...number(0.01, 100), ...optional },
      angle: { ...angle, ...optional },
      beta: { ...number(0.1, 10), ...optional },
      profile: { ...choice(['exponential', 'plateau']), ...optional },
    },
    run: generalisedGaussianBlur,
  },
  sinc: { fields: { size: odd(1, 31), cutoff: number(0.01, Math.PI) }, run: sincBlur },
  resize: {
    fields: {
      scale: { ...number(1e-4, 64), ...optional },
      shrink: { ...number(1 / 64, 1e4), ...optional },
      size: { ...integer(1, 65535), ...optional },
      of: { ...choice(['image', 'hr']), ...optional },
      filter: { ...choice(resizeFilters), ...optional },
      rule: { ...choice(resizeRules), ...optional },
    },
    exactlyOne: ['scale', 'shrink', 'size'],
    run: (image, { scale, shrink, size, of = 'image', ...how }, hr) => {
      const { width, height } = of === 'hr' ? hr : image;
      const side = (length: number): number =>
        size ?? Math.max(1, Math.floor(shrink === undefined ? length * scale! : length / shrink));
      return resize(image, { width: side(width), height: side(height), ...how });
    },
  },
  noise: {
    fields: { sigma: number(0, 255), grey: { ...yesOrNo, ...optional }, seed },
    run: gaussianNoise,
  },
  poisson: {
    fields: { scale: number(0, 10), grey: { ...yesOrNo, ...optional }, seed },
    run: poissonNoise,
  },
  jpeg: {
    fields: {
      quality: { ...integer(1, 100), ...optional },
      compression: { ...number(0, 100), ...optional },
      subsampling: { ...choice(['4:4:4', '4:2:2', '4:2:0']), ...optional },
    },
    exactlyOne: ['quality', 'compression'],
    run: (image, { quality, compression, subsampling = '4:2:0' }) =>
      jpegArtifacts(image, { quality: quality ?? qualityOfCompression(compression!), subsampling }),
  },
  shift: {
    fields: { red: number(-255, 255), green: number(-255, 255), blue: number(-255, 255) },
    run: shiftColour,
  },
  jitter: {
    fields: {
      brightness: { ...number(0, 10), ...optional },
      contrast: { ...number(0, 10), ...optional },
      saturation: { ...number(0, 10), ...optional },
      hue: { ...number(-0.5, 0.5), ...optional },
      order: { ...choice(jitterOrders), ...optional },
    },
    run: jitterColour,
  },
};

/** The operation of that name, where the step's type is not known. */
export function operationOf(op: StepName): Operation {
  return operations[op];
}
