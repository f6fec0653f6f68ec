import { checkOneOf } from '@sparnet/core';
import { presets, type PresetName } from '@sparnet/degrade';
import { readFlags, wholeNumber, wordsOf } from './read-flags.ts';

/** What `--help` prints. */
export const help = `degrade: times the degradation of photographs beside OpenCV's, each on one core

  --photos DIR       photographs (default: made-up pictures with the spectrum of photographs)
  --preset NAME      what the images go through (default: sparnethd)
  --images N         images with parameters of their own (default: 60)
  --rounds N         how often each image and each primitive is timed (default: 3)
  --parts A,B        of preset, primitives and workers (default: all)
  --json FILE        write the figures there, too

  SPARNET_PYTHON=COMMAND   a Python that has cv2, numpy and PIL (default: python3); without them ours is timed alone
`;

const parts = ['preset', 'primitives', 'workers'] as const;
export type Part = (typeof parts)[number];

/** What the command line asks for. */
export interface DegradeOptions {
  photos: string | undefined;
  presetName: PresetName;
  images: number;
  rounds: number;
  parts: Part[];
  json: string | undefined;
}

const flags = {
  photos: { type: 'string' },
  preset: { type: 'string', default: 'sparnethd' },
  images: { type: 'string', default: '60' },
  rounds: { type: 'string', default: '3' },
  parts: { type: 'string', default: parts.join(',') },
  json: { type: 'string' },
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag, a number or a name that is none.
 */
export function readOptions(): DegradeOptions | undefined {
  const values = readFlags(flags);
  if (!values) return undefined;
  return {
    photos: values.photos,
    presetName: checkOneOf('--preset', values.preset, Object.keys(presets) as PresetName[]),
    images: wholeNumber('--images', values.images),
    rounds: wholeNumber('--rounds', values.rounds),
    parts: wordsOf(values.parts).map((part) => checkOneOf('--parts', part, parts)),
    json: values.json,
  };
}
