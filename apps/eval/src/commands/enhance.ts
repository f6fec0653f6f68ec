import { dirname, extname, join } from 'node:path';
import { SparnetError, checkOneOf, invalid, isSparnetError } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import { engineNames } from '@sparnet/engine';
import { crop, photographSquare, type Image, type Square } from '@sparnet/image';
import { openPictures, placeOf, readPicture, writeImage, type PictureSet } from '@sparnet/image/node';
import { enhance, ensembles, type Ensemble, type Sparnet } from '@sparnet/models';
import { pretrained } from '@sparnet/pretrained';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { loadModelFile } from '../measure/load-model-file.ts';
import { startEngine } from '../measure/start-engine.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';
import { watched } from '../run/watched.ts';

/** It takes faces of any size and quality. */
const usualModel = 'sparnethd-128';

const flags = {
  out: { takes: 'DIR|FILE', help: 'The folder for the results; or, of one picture, a .png, .jpg or .webp.' },
  model: {
    takes: 'FILE|NAME',
    help: `A model file, or ${Object.keys(pretrained).join(', ')}; default ${usualModel}.`,
  },
  crop: {
    takes: 'X,Y,SIDE',
    help: "The square of the picture in which the face lies; default: the centred one (of CelebA's 178x218 the face).",
  },
  ensemble: { takes: 'E', help: 'flip: the mean with what becomes of the mirror image, in twice the time.' },
  engine: { takes: 'E', help: `What computes: auto, ${engineNames.join(', ')}; default auto.` },
} as const;

const usage = `eval enhance PICTURE|DIR|TAR... --out DIR|FILE [options]

Enhances faces. Nothing here looks for them: a picture is cut to a square first,
in which the face must lie as the model's card says. What can't be read is
skipped and said, and the exit code is then 1.`;

export const enhanceCommand: Command = { flags, usage, long: true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { pictures, out, model: named, square, ensemble, engine: name } = await asUsage(() => read(argv));
  const toFile = isPicture(out);
  const [files, folders] = toFile ? [{ '--out': out }, {}] : [{}, { '--out': out }];
  await checkOutputs({ inputs: [...pictures, named], files, folders });
  const set = await openPictures(pictures);
  const places = await asUsage(() => (toFile ? [out] : placesIn(out, set)));
  if (square && set.names.length > 1)
    throw new SparnetError('bad-argument', `--crop is that of one picture, got ${set.names.length}`);
  const engine = await startEngine(name);
  const model = await loadModelFile(named);
  const done = await watched(signal, async ({ begin, advance, skip }) => {
    let written = 0;
    begin?.(places.length);
    for (const [index, place] of places.entries()) {
      signal.throwIfAborted();
      const reason = await enhanceOne(model, { set, index, place, square, ensemble });
      if (reason === undefined) written += 1;
      else skip?.(set.names[index] as string, reason);
      advance?.();
    }
    return written;
  });
  model.dispose();
  engine.dispose();
  if (done === undefined) return 130;
  process.stdout.write(`${out}: ${done} of ${places.length} pictures\n`);
  return done < places.length ? 1 : 0;
}

/** Why a picture is left out, if it is. */
async function enhanceOne(
  model: Sparnet,
  {
    set,
    index,
    place,
    square,
    ensemble,
  }: { set: PictureSet; index: number; place: string; square: Square | undefined; ensemble: Ensemble },
): Promise<string | undefined> {
  let face: Image;
  try {
    face = faceOf(await readPicture(placeOf(set, index)), square);
  } catch (error) {
    if (isSparnetError(error, 'bad-image') || isSparnetError(error, 'bad-file')) return error.message;
    throw error;
  }
  const better = await enhance(model, face, { ensemble });
  await makeFolder(dirname(place));
  await writeImage(place, better);
  return undefined;
}

function faceOf(picture: Image, square: Square | undefined): Image {
  const { left, top, side } = square ?? photographSquare(picture);
  return crop(picture, { left, top, width: side, height: side });
}

/** Where the results go: the pictures' names with the ending `.png`. */
function placesIn(folder: string, { names }: PictureSet): string[] {
  const taken = new Map<string, string>();
  return names.map((name) => {
    const place = join(folder, `${name.slice(0, name.length - extname(name).length)}.png`);
    const other = taken.get(place);
    if (other !== undefined)
      throw new SparnetError('bad-argument', `${other} and ${name} would both become ${place}; rename one`);
    taken.set(place, name);
    return place;
  });
}

function read(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  const { out, model = usualModel, crop: square, ensemble = 'none', engine = 'auto' } = values;
  if (words.length === 0)
    throw new SparnetError('bad-argument', 'expected pictures: files, folders or tar archives');
  if (out === undefined) throw new SparnetError('bad-argument', 'expected where to: --out DIR or FILE.png');
  if (isPicture(out) && !(words.length === 1 && isPicture(words[0] as string)))
    throw invalid('--out', 'a folder (a file only for one picture)', out);
  return {
    pictures: words,
    out,
    model,
    square: square === undefined ? undefined : readSquare(square),
    ensemble: checkOneOf('--ensemble', ensemble, ensembles),
    engine: checkOneOf('--engine', engine, ['auto', ...engineNames]),
  };
}

function readSquare(text: string): Square {
  const [, left, top, side] = /^(\d+),(\d+),(\d+)$/.exec(text) ?? [];
  if (side === undefined || Number(side) === 0)
    throw new SparnetError('bad-argument', `expected X,Y,SIDE in pixels for --crop, got ${text}`);
  return { left: Number(left), top: Number(top), side: Number(side) };
}

function isPicture(path: string): boolean {
  return /\.(?:png|jpe?g|webp)$/i.test(path);
}
