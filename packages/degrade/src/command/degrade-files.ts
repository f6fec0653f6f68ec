import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import { makeFolder } from '@sparnet/core/node';
import type { Parameters } from '../recipe/recipe.ts';
import { outputFile, type Output, type Refusal } from './degrade-picture.ts';
import type { Picture } from './list-pictures.ts';
import { continueManifest, lineText, type ManifestLine } from './manifest.ts';
import { inOrder } from './in-order.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import { createWorkerPool } from './worker-pool.ts';

/** What the command does. */
export interface Plan {
  pictures: readonly Picture[];
  /** The parameters of the picture at that place of the list. */
  parametersOf(at: number): Parameters;
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
}

/** No run has more pictures under way. */
const mostUnderWay = 1024;

/**
 * Degrades pictures in worker threads. Results and manifest are the same whatever the number of workers: lines are written
 * in the order of the list, after the images they speak of. A run that was interrupted goes on where it stopped, and tries
 * again what was refused.
 *
 * @throws SparnetError `exists` when the folder holds the results of other settings; `bad-file` when it can't be written.
 */
export async function degradeFiles(plan: Plan): Promise<Summary> {
  const { pictures, out, signal } = plan;
  const summary: Summary = { made: 0, kept: 0, refused: 0 };
  /** Of an earlier run: the refused with their reasons, and those whose results are not there. */
  const refusals = new Map<number, Refusal>();
  const again: number[] = [];
  await makeFolder(out);
  const manifest = await continueManifest(join(out, plan.manifest), async (text, line) => {
    const refusal = checkKnownLine(plan, text, line);
    if (refusal) refusals.set(line, refusal);
    else if (await isComplete(plan, pictures[line]!)) summary.kept += 1;
    else again.push(line);
  });
  const first = summary.kept + refusals.size + again.length;
  const unfinished = [...refusals.keys(), ...again].map((at) => pictures[at]!);
  await removeLeftovers(out, plan.write, [...unfinished, ...pictures.slice(first, first + mostUnderWay)]);
  const lineOf = (at: number, error: Refusal | undefined): ManifestLine => {
    const line = { name: pictures[at]!.name, parameters: plan.parametersOf(at) };
    return error ? { ...line, error } : line;
  };
  const pool = createWorkerPool({ workers: plan.workers, script: plan.script });

  async function degrade(
    places: Generator<number>,
    done: (at: number, refusal: Refusal | undefined) => Promise<void> | void,
  ): Promise<void> {
    // The lanes share one generator: when one of them leaves its loop, by an error too, the others find it empty.
    async function lane(): Promise<void> {
      for (const at of places) {
        if (signal.aborted) return;
        const job = { picture: pictures[at]!, parameters: plan.parametersOf(at), out, write: plan.write };
        const refusal = await pool.run(job);
        if (refusal) summary.refused += 1;
        else summary.made += 1;
        plan.progress(summary.made + summary.kept + summary.refused, summary.refused);
        await done(at, refusal);
      }
    }
    await Promise.all(Array.from({ length: pool.lanes }, lane));
  }

  try {
    const others = new Map<number, ManifestLine>();
    await degrade(each(refusals.keys()), (at, refusal) => {
      if (refusal?.message !== refusals.get(at)?.message) others.set(at, lineOf(at, refusal));
    });
    if (others.size > 0) await manifest.replace(others);
    await degrade(each(again), () => undefined);
    const lines = inOrder(first, (refusal: Refusal | undefined, at) => manifest.append(lineOf(at, refusal)));
    await degrade(between(first, pictures.length), (at, refusal) => lines.put(at, refusal));
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

/** Why the picture was refused in the earlier run, if it was; other settings are an error. */
function checkKnownLine(
  { pictures, parametersOf, out, manifest }: Plan,
  text: string,
  line: number,
): Refusal | undefined {
  const picture = pictures[line];
  const expected = picture && lineText({ name: picture.name, parameters: parametersOf(line) });
  if (expected === text) return undefined;
  if (expected !== undefined && text.startsWith(`${expected.slice(0, -1)},"error":`)) {
    const { error } = parsed(text);
    if (error) return error;
  }
  throw new SparnetError(
    'exists',
    `${join(out, manifest)}, line ${line + 1}: made with other settings or from other pictures; choose another --out`,
  );
}

/** A line that is not JSON is none of ours. */
function parsed(text: string): Partial<ManifestLine> {
  try {
    return JSON.parse(text) as Partial<ManifestLine>;
  } catch {
    return {};
  }
}

async function isComplete({ out, write }: Plan, picture: Picture): Promise<boolean> {
  const found = await Promise.all(
    write.map((output) =>
      access(outputFile(out, output, picture)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
