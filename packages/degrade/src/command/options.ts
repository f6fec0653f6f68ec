import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SparnetError, checkInteger, checkOneOf, invalid } from '@sparnet/core';
import { presets, type PresetName } from '../presets/presets.ts';
import { checkRecipe } from '../recipe/check-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { gridSide } from './degradation-grid.ts';
import { outputs, type Output } from './degrade-picture.ts';

/** The options of the command. */
export interface Options {
  input: string;
  out: string;
  /** Missing with `replay` and `grid`. */
  recipe?: Recipe;
  seed: number;
  workers: number;
  /** Number of this shard from 1, and how many there are. */
  shard: { number: number; of: number };
  write?: readonly Output[];
  /** Whether the centred square of each picture is taken first. */
  crop: boolean;
  replay?: string;
  grid: boolean;
}

export const help = `degrade: makes low-resolution images from photographs

  degrade <file|folder|tar> --out DIR --preset P [--seed S] [--crop]
  degrade <file|folder|tar> --out DIR --replay MANIFEST
  degrade <file> --out DIR --grid [--seed S]

  --preset P       ${Object.keys(presets).join(', ')}
  --recipe FILE    a recipe of your own, as JSON, instead of a preset
  --print          print the recipe as JSON, and end
  --seed S         default 0; the same seed gives the same files
  --crop           take the centred square of each picture first; without it, recipes that bring
                   all pictures to one size (sparnethd: 512x512) stretch those of other proportions
  --out DIR        gets lr/, lr-up/, hr/ and manifest.jsonl; a run that was interrupted goes on,
                   and tries again what was refused
  --write LIST     of hr, lr and lr-up; default lr,lr-up, and hr if it isn't the photo itself
  --workers N      default: the number of cores; results don't depend on it
  --shard I/N      only the I-th of N equal parts, for several machines; the manifest of 1/2 is
                   manifest-00001-of-00002.jsonl
  --replay FILE    make the images of a manifest again: all its pictures must be there; others
                   that are there are left out
  --grid           one picture of all degradations of a photo: DIR/grid.png. The photo is resized to
                   ${gridSide} pixels (longer side); it stands in column 1, what is made of it beside it
`;

/**
 * The options on a command line, or the recipe alone that is to be printed.
 *
 * @throws SparnetError `bad-argument` for wrong usage, `bad-config` for an invalid recipe, `missing-file` when its file
 *   isn't there.
 */
export async function readOptions(argv: readonly string[]): Promise<Options | { print: Recipe }> {
  const { values, positionals } = parse(argv);
  const recipe = await readRecipe(values);
  if (values.print) {
    if (!recipe) throw new SparnetError('bad-argument', '--print needs --preset or --recipe');
    return { print: recipe };
  }
  const [input, ...more] = positionals;
  if (input === undefined || more.length > 0)
    throw invalid('input', 'one file, folder or tar archive', positionals.join(' '));
  if (values.out === undefined) throw new SparnetError('bad-argument', 'expected --out DIR for the results');
  const chosen = [recipe, values.replay, values.grid].filter(Boolean).length;
  if (chosen !== 1)
    throw new SparnetError('bad-argument', 'expected exactly one of --preset, --recipe, --replay and --grid');
  if (values.crop && !recipe)
    throw new SparnetError(
      'bad-argument',
      '--crop goes with --preset or --recipe; a manifest has its own crops',
    );
  return {
    input,
    out: values.out,
    ...(recipe && { recipe }),
    seed: wholeNumber('--seed', values.seed ?? '0', 0),
    workers: wholeNumber('--workers', values.workers ?? String(availableParallelism()), 1, 256),
    shard: readShard(values.shard ?? '1/1'),
    ...(values.write !== undefined && { write: readOutputs(values.write) }),
    crop: values.crop ?? false,
    ...(values.replay !== undefined && { replay: values.replay }),
    grid: values.grid ?? false,
  };
}

type Values = ReturnType<typeof parse>['values'];

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        preset: text,
        recipe: text,
        print: flag,
        seed: text,
        out: text,
        crop: flag,
        write: text,
        workers: text,
        shard: text,
        replay: text,
        grid: flag,
      },
    });
  } catch (cause) {
    throw new SparnetError('bad-argument', inOurWords(cause as NodeJS.ErrnoException), { cause });
  }
}

/** What Node says about wrong options, shorter. */
function inOurWords({ code, message }: NodeJS.ErrnoException): string {
  const [, option] = /'(-[^\s']*)/.exec(message) ?? [];
  if (option === undefined) return message;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `unknown option ${option}; --help lists them`;
  return message.includes('does not take') ? `${option} takes no value` : `expected a value after ${option}`;
}

async function readRecipe({ preset, recipe }: Values): Promise<Recipe | undefined> {
  if (preset !== undefined && recipe !== undefined)
    throw new SparnetError('bad-argument', 'expected --preset or --recipe, got both');
  if (preset !== undefined)
    return presets[checkOneOf('--preset', preset, Object.keys(presets) as PresetName[])];
  if (recipe === undefined) return undefined;
  const text = await readFile(recipe, 'utf8').catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${recipe}: no such recipe`, { cause });
  });
  try {
    return checkRecipe(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new SparnetError('bad-config', `${recipe}: ${(cause as Error).message}`, { cause });
  }
}

function wholeNumber(name: string, text: string, min: number, max?: number): number {
  return checkInteger(name, /^\d+$/.test(text) ? Number(text) : text, min, max);
}

function readShard(text: string): Options['shard'] {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (of === undefined || Number(number) < 1 || Number(number) > Number(of) || Number(of) > 99999)
    throw invalid('--shard', 'I/N with I from 1 to N', text);
  return { number: Number(number), of: Number(of) };
}

function readOutputs(text: string): Output[] {
  const wanted = text.split(',').map((name) => checkOneOf('--write', name, outputs));
  return outputs.filter((output) => wanted.includes(output));
}
