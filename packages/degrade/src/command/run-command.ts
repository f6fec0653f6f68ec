import { join } from 'node:path';
import { makeFolder } from '@sparnet/core/node';
import { readPicture, writeImage } from '@sparnet/image/node';
import { sample } from '../recipe/sample.ts';
import { checkApart, checkOutside } from './check-apart.ts';
import { degradationGrid, gridSide } from './degradation-grid.ts';
import { degradeFiles, type Plan, type Summary } from './degrade-files.ts';
import { outputFile, type Output, type Settings } from './degrade-picture.ts';
import { listPictures, type Picture } from './list-pictures.ts';
import { help, readOptions, type Options } from './options.ts';
import { progressReport } from './progress-report.ts';
import { openReplay } from './replay.ts';

/**
 * The command: words in, exit code out (0 done, 1 a picture was refused, 130 interrupted).
 *
 * @param options.script - The entry of a worker thread.
 * @throws SparnetError for wrong usage (`bad-argument`, `bad-config`) and for what keeps the command from going on.
 */
export async function runCommand(
  argv: readonly string[],
  { script, signal }: { script: URL; signal: AbortSignal },
): Promise<number> {
  if (argv.length === 0 || argv.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(help);
    return argv.length === 0 ? 2 : 0;
  }
  const options = await readOptions(argv);
  if ('print' in options) {
    process.stdout.write(`${JSON.stringify(options.print, undefined, 2)}\n`);
    return 0;
  }
  return options.grid ? writeGrid(options) : degradeAll(options, script, signal);
}

async function writeGrid({ input, out, seed }: Options): Promise<number> {
  const file = join(out, 'grid.png');
  const pictures = await listPictures(input);
  checkApart(input, pictures, [file]);
  const [picture] = pictures;
  const { grid, legend } = degradationGrid(await readPicture(picture!), { seed });
  await makeFolder(out);
  await writeImage(file, grid);
  process.stdout.write(
    `column 1: the photo, resized to ${gridSide} pixels; columns 2 to 6: what is made of it, from left to right as listed\n`,
  );
  process.stdout.write(legend.map((label, row) => `row ${row + 1}: ${label}\n`).join(''));
  return 0;
}

async function degradeAll(options: Options, script: URL, signal: AbortSignal): Promise<number> {
  const { input, out, workers, shard } = options;
  checkOutside(input, out);
  const present = await listPictures(input);
  const { pictures, settingsOf } = options.replay
    ? await openReplay(options.replay, present)
    : drawn(options, present);
  const start = Math.floor((pictures.length * (shard.number - 1)) / shard.of);
  const part = pictures.slice(start, Math.floor((pictures.length * shard.number) / shard.of));
  const settingsOfPart = (at: number): Settings => settingsOf(start + at);
  const write = options.write ?? defaultOutputs(part, settingsOfPart);
  checkApart(input, present, filesOf(out, write, part));
  const report = progressReport(part.length);
  const summary = await degradeFiles({
    pictures: part,
    settingsOf: settingsOfPart,
    out,
    manifest: manifestName(shard),
    write,
    workers: Math.max(1, Math.min(workers, part.length)),
    script,
    signal,
    progress: report.update,
  });
  report.end(summary);
  warnOfStretching(summary, options);
  if (signal.aborted) return 130;
  return summary.refused > 0 ? 1 : 0;
}

/** What is done with the pictures when it is not a manifest that says it. */
function drawn({ recipe, seed, crop }: Options, pictures: Picture[]): Pick<Plan, 'pictures' | 'settingsOf'> {
  return {
    pictures,
    settingsOf: (at) => ({ parameters: sample(recipe!, seed, at), ...(crop && { crop: 'square' }) }),
  };
}

function warnOfStretching({ made, stretched }: Summary, { recipe, crop }: Options): void {
  if (stretched === 0) return;
  const wayOut = recipe && !crop ? '; --crop takes the centred square of each instead' : '';
  process.stderr.write(
    `warning: pictures stretched to the size of the recipe: ${stretched} of ${made}${wayOut}\n`,
  );
}

/** The images that are to be written. */
function* filesOf(out: string, write: readonly Output[], pictures: readonly Picture[]): Generator<string> {
  for (const output of write) for (const picture of pictures) yield outputFile(out, output, picture);
}

/** Shards have names that sort in their order, so that their manifests can be joined by `cat`. */
function manifestName({ number, of }: Options['shard']): string {
  if (of === 1) return 'manifest.jsonl';
  const digits = (value: number): string => String(value).padStart(5, '0');
  return `manifest-${digits(number)}-of-${digits(of)}.jsonl`;
}

/** HR is written where it is another image than the photo. */
function defaultOutputs(pictures: readonly Picture[], settingsOf: (at: number) => Settings): Output[] {
  const { parameters, crop } = pictures.length > 0 ? settingsOf(0) : {};
  return (crop ?? parameters?.hr) ? ['hr', 'lr', 'lr-up'] : ['lr', 'lr-up'];
}
