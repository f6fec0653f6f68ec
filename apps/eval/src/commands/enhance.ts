import { dirname, extname, join } from 'node:path';
import { SparnetError, checkOneOf, invalid, isSparnetError, type ErrorCode } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import { engineNames } from '@sparnet/engine';
import { crop, photographSquare, type Image, type Square } from '@sparnet/image';
import {
  openPictures,
  placeOf,
  readPicture,
  writeImage,
  type PicturePlace,
  type PictureSet,
} from '@sparnet/image/node';
import { enhance, ensembles, type Ensemble, type Sparnet } from '@sparnet/models';
import { pretrained } from '@sparnet/pretrained';
import { asUsage } from 'command-line';
import type { Command } from '../command.ts';
import { loadModelFile } from '../measure/load-model-file.ts';
import { startEngine } from '../measure/start-engine.ts';
import { checkPictures, type ResultPicture } from '../run/check-pictures.ts';
import { checkOutputs } from '../run/check-outputs.ts';
import { readFlags } from '../run/flags.ts';
import { watched } from '../run/watched.ts';

/** It takes faces of any size and quality. */
const usualModel = 'sparnethd-128';

/** What concerns one picture: it is left out, and said. */
const faults: readonly ErrorCode[] = ['bad-image', 'bad-file', 'missing-file', 'read-failed'];

/** Pictures and archives of other formats: as a folder's name it would be a mistake. */
const otherFormat =
  /\.(?:avif|bmp|dng|exr|gif|heic|heif|ico|jfif|jp2|jxl|pgm|pnm|ppm|psd|svg|tar|tga|tiff?|tgz|zip)$/i;

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
  overwrite: { help: 'Results may replace files that are there; what is read is never replaced.' },
  engine: { takes: 'E', help: `What computes: auto, ${engineNames.join(', ')}; default auto.` },
} as const;

const usage = `eval enhance PICTURE|DIR|TAR... --out DIR|FILE [options]

Enhances faces. Nothing here looks for them: a picture is cut to a square first,
in which the face must lie as the model's card says. What can't be read is
skipped and said, and the exit code is then 1. Nothing is written where there
is a file already, unless --overwrite allows it.`;

export const enhanceCommand: Command = { flags, usage, long: true, run };

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { pictures, out, model: named, square, overwrite, ...rest } = await asUsage(() => readCommand(argv));
  const { ensemble, engine: name } = rest;
  const [files, folders] = isPicture(out) ? [{ '--out': out }, {}] : [{}, { '--out': out }];
  await checkOutputs({ inputs: pictures, named: [named], files, folders });
  const set = await openPictures(pictures);
  const results = await asUsage(() => resultsOf(set, { out, square }));
  const read = set.names.map((_, index) => placeOf(set, index).path);
  await checkPictures({ flag: '--out', out, results, read, overwrite });
  const engine = await startEngine(name);
  const model = await loadModelFile(named);
  const done = await watched(signal, async ({ begin, advance, skip }) => {
    const count = { written: 0, reduced: 0 };
    begin?.(results.length);
    for (const [index, { name: picture, file }] of results.entries()) {
      signal.throwIfAborted();
      const outcome = await enhanceOne(model, { from: placeOf(set, index), file, square, ensemble });
      if ('skipped' in outcome) skip?.(picture, outcome.skipped);
      else {
        count.written += 1;
        if (outcome.reduced) count.reduced += 1;
      }
      advance?.();
    }
    return count;
  });
  const side = model.config.outputSize;
  model.dispose();
  engine.dispose();
  if (done === undefined) return 130;
  const { written, reduced } = done;
  process.stdout.write(`${out}: ${written} of ${results.length} pictures\n`);
  if (reduced > 0)
    process.stderr.write(
      `pictures that became smaller, as ${named} gives ${side} x ${side} pixels: ${reduced}\n`,
    );
  return written < results.length ? 1 : 0;
}

/** What became of a picture: why it was left out, or whether its face had more pixels than the model gives. */
type Outcome = { skipped: string } | { reduced: boolean };

async function enhanceOne(
  model: Sparnet,
  {
    from,
    file,
    square,
    ensemble,
  }: { from: PicturePlace; file: string; square: Square | undefined; ensemble: Ensemble },
): Promise<Outcome> {
  let picture: Image;
  try {
    picture = await readPicture(from);
  } catch (error) {
    if (faults.some((code) => isSparnetError(error, code)))
      return { skipped: (error as SparnetError).message };
    throw error;
  }
  const face = faceOf(picture, from.name, square);
  const better = await enhance(model, face, { ensemble });
  await makeFolder(dirname(file));
  await writeImage(file, better);
  return { reduced: face.width > better.width };
}

function faceOf(picture: Image, name: string, square: Square | undefined): Image {
  const { left, top, side } = square ?? photographSquare(picture);
  const { width, height } = picture;
  if (left + side > width || top + side > height)
    throw new SparnetError(
      'bad-argument',
      `--crop ${left},${top},${side} leaves the picture ${name}, which has ${width} x ${height} pixels; choose a square inside`,
    );
  return crop(picture, { left, top, width: side, height: side });
}

/** The file that `--out` names, or in that folder the pictures' names with the ending `.png`. */
function resultsOf(
  { names }: PictureSet,
  { out, square }: { out: string; square: Square | undefined },
): ResultPicture[] {
  if (isPicture(out) && names.length > 1)
    throw invalid('--out', `a folder for ${names.length} pictures (a file is for one picture only)`, out);
  if (square && names.length > 1)
    throw new SparnetError('bad-argument', `--crop is that of one picture, got ${names.length}`);
  return names.map((name) => ({
    name,
    file: isPicture(out) ? out : join(out, `${name.slice(0, name.length - extname(name).length)}.png`),
  }));
}

function readCommand(argv: readonly string[]) {
  const { values, words } = readFlags(argv, flags);
  const {
    out,
    model = usualModel,
    crop: square,
    ensemble = 'none',
    engine = 'auto',
    overwrite = false,
  } = values;
  if (words.length === 0)
    throw new SparnetError('bad-argument', 'expected pictures: files, folders or tar archives');
  if (out === undefined) throw new SparnetError('bad-argument', 'expected where to: --out DIR or FILE.png');
  if (otherFormat.test(out))
    throw invalid('--out', 'a folder, or a file that ends in .png, .jpg, .jpeg or .webp', out);
  return {
    pictures: words,
    out,
    model,
    overwrite,
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
