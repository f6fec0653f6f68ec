import { SparnetError, checkOneOf } from '@sparnet/core';
import { presets, type PresetName } from '@sparnet/degrade';
import { parseArgs } from 'node:util';

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
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Read the command line; undefined when it asks for help.
 *
 * @throws SparnetError `bad-argument` for a flag, a number or a name that is none.
 */
export function readOptions(): DegradeOptions | undefined {
  const { values } = parsedArguments();
  if (values.help) return undefined;
  return {
    photos: values.photos,
    presetName: checkOneOf('--preset', values.preset, Object.keys(presets) as PresetName[]),
    images: wholeNumber('--images', values.images),
    rounds: wholeNumber('--rounds', values.rounds),
    parts: values.parts.split(',').map((part) => checkOneOf('--parts', part, parts)),
    json: values.json,
  };
}

function parsedArguments() {
  try {
    return parseArgs({ options: flags });
  } catch (cause) {
    throw new SparnetError('bad-argument', (cause as Error).message, { cause });
  }
}

function wholeNumber(flag: string, word: string): number {
  const value = Number(word);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new SparnetError('bad-argument', `expected an integer of at least 1 for ${flag}, got ${word}`);
}
