import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import { isBox, type Crop } from './cropped.ts';
import { outputFile, type Outcome, type Output, type Refusal, type Settings } from './degrade-picture.ts';
import type { Picture } from './list-pictures.ts';
import { continueManifest, lineText, type ManifestLine } from './manifest.ts';
import { inOrder } from './in-order.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import { createWorkerPool } from './worker-pool.ts';

/** What the command does. */
export interface Plan {
  pictures: readonly Picture[];
  /** How the picture at that place of the list is degraded. */
  settingsOf(at: number): Settings;
  out: string;
  /** Name of the manifest in `out`. */
  manifest: string;
  write: readonly Output[];
  workers: number;
  /** The entry of a worker thread. */
  script: URL;
  signal: AbortSignal;
  progress(done: number, refused: number): void;
}

/** How it went. */
export interface Summary {
  made: number;
  /** Done in an earlier run. */
  kept: number;
  refused: number;
  /** How many of the made have other proportions than their picture. */
  stretched: number;
}

/** No run has more pictures under way. */
const mostUnderWay = 1024;

/**
 * Degrades pictures in worker threads. Results and manifest are the same whatever the number of workers: lines are written
 * in the order of the list, after the images they speak of. A run that was interrupted goes on where it stopped, and tries
 * again what was refused.
 *
 * @throws SparnetError `exists` when the folder holds the results of other settings, or files of the results' names without a manifest; `bad-file` when it can't be written.
 */
export async function degradeFiles(plan: Plan): Promise<Summary> {
  const { pictures, out, signal } = plan;
  const summary: Summary = { made: 0, kept: 0, refused: 0, stretched: 0 };
  /** Of an earlier run: the refused with their reasons, and those whose results are not there, with their crops. */
  const refusals = new Map<number, Refusal>();
  const again = new Map<number, Crop | undefined>();
  await makeFolder(out);
  if (!(await exists(join(out, plan.manifest)))) await checkVacant(plan);
  const manifest = await continueManifest(join(out, plan.manifest), async (text, line) => {
    const { error, crop } = knownLine(plan, text, line);
    if (error) refusals.set(line, error);
    else if (await isComplete(plan, pictures[line]!)) summary.kept += 1;
    else again.set(line, crop);
  });
  const first = summary.kept + refusals.size + again.size;
  const unfinished = [...refusals.keys(), ...again.keys()].map((at) => pictures[at]!);
  await removeLeftovers(out, plan.write, [...unfinished, ...pictures.slice(first, first + mostUnderWay)]);
  const lineOf = (at: number, { refusal, box }: Outcome): ManifestLine => ({
    name: pictures[at]!.name,
    ...plan.settingsOf(at),
    ...(box && { crop: box }),
    ...(refusal && { error: refusal }),
  });
  const pool = createWorkerPool({ workers: plan.workers, script: plan.script });

  async function degrade(
    places: Generator<number>,
    done: (at: number, outcome: Outcome) => Promise<void> | void,
  ): Promise<void> {
    // The lanes share one generator: when one of them leaves its loop, by an error too, the others find it empty.
    async function lane(): Promise<void> {
      for (const at of places) {
        if (signal.aborted) return;
        const settings = plan.settingsOf(at);
        const crop = again.get(at) ?? settings.crop;
        const job = { picture: pictures[at]!, ...settings, ...(crop && { crop }), out, write: plan.write };
        const outcome = await pool.run(job);
        if (outcome.refusal) summary.refused += 1;
        else summary.made += 1;
        if (outcome.stretched) summary.stretched += 1;
        plan.progress(summary.made + summary.kept + summary.refused, summary.refused);
        await done(at, outcome);
      }
    }
    await Promise.all(Array.from({ length: pool.lanes }, lane));
  }

  try {
    const others = new Map<number, ManifestLine>();
    await degrade(each(refusals.keys()), (at, outcome) => {
      if (outcome.refusal?.message !== refusals.get(at)?.message) others.set(at, lineOf(at, outcome));
    });
    if (others.size > 0) await manifest.replace(others);
    await degrade(each(again.keys()), () => undefined);
    const lines = inOrder(first, (outcome: Outcome, at) => manifest.append(lineOf(at, outcome)));
    await degrade(between(first, pictures.length), (at, outcome) => lines.put(at, outcome));
  } finally {
    await pool.close();
    await manifest.close();
  }
  return summary;
}

function* each(places: Iterable<number>): Generator<number> {
  yield* places;
}

function* between(first: number, end: number): Generator<number> {
  for (let at = first; at < end; at++) yield at;
}

/** A line of the earlier run: the crop that it came to, and why it was refused, if it was; other settings are an error. */
function knownLine(
  { pictures, settingsOf, out, manifest }: Plan,
  text: string,
  line: number,
): Pick<ManifestLine, 'crop' | 'error'> {
  const picture = pictures[line];
  if (picture) {
    const wanted = { name: picture.name, ...settingsOf(line) };
    const { crop, error } = parsed(text);
    const cameTo = wanted.crop === 'square' && !error && isBox(crop) ? { crop } : {};
    const known = { ...wanted, ...cameTo, ...(error && { error }) };
    if (lineText(known) === text) return known;
  }
  throw new SparnetError(
    'exists',
    `${join(out, manifest)}, line ${line + 1}: made with other settings or from other pictures; choose another --out`,
  );
}

/** A line that is not JSON is none of ours. */
function parsed(text: string): Partial<ManifestLine> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<ManifestLine>;
  } catch {
    return {};
  }
}

async function isComplete({ out, write }: Plan, picture: Picture): Promise<boolean> {
  const found = await Promise.all(write.map((output) => exists(outputFile(out, output, picture))));
  return found.every(Boolean);
}

/** Without a manifest, what stands in the place of a result is somebody's own picture. */
async function checkVacant({ out, write, pictures, manifest }: Plan): Promise<void> {
  for (const output of write) {
    if (!(await exists(join(out, output)))) continue;
    for (const picture of pictures) {
      const file = outputFile(out, output, picture);
      if (await exists(file))
        throw new SparnetError(
          'exists',
          `${file} is there already, and no ${manifest} in ${out} says that it was made here; choose another --out`,
        );
    }
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
