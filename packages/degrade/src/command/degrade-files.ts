import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SparnetError } from '@sparnet/core';
import type { Parameters } from '../recipe/recipe.ts';
import { outputFile, type Output, type Refusal } from './degrade-picture.ts';
import type { Picture } from './list-pictures.ts';
import { continueManifest, lineText } from './manifest.ts';
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
 * in the order of the list, after the images they speak of. A run that was interrupted goes on where it stopped.
 *
 * @throws SparnetError `exists` when the folder holds the results of other settings; `bad-file` when it can't be written.
 */
export async function degradeFiles(plan: Plan): Promise<Summary> {
  const { pictures, out, signal } = plan;
  const summary: Summary = { made: 0, kept: 0, refused: 0 };
  const again: number[] = [];
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new SparnetError('bad-file', `${out}: cannot be made (${(cause as Error).message})`, { cause });
  });
  const manifest = await continueManifest(join(out, plan.manifest), async (text, line) => {
    const refused = checkKnownLine(plan, text, line);
    if (refused) summary.refused += 1;
    else if (await isComplete(plan, pictures[line]!)) summary.kept += 1;
    else again.push(line);
  });
  const first = summary.kept + summary.refused + again.length;
  await removeLeftovers(out, plan.write, pictures.slice(first, first + mostUnderWay));
  const pool = createWorkerPool({ workers: plan.workers, script: plan.script });
  const lines = inOrder(first, (error: Refusal | undefined, at) => {
    const line = { name: pictures[at]!.name, parameters: plan.parametersOf(at) };
    return manifest.append(error ? { ...line, error } : line);
  });
  const waiting = indices(again, first, pictures.length);
  // The lanes share one iterator: when one of them leaves its loop, by an error too, the others find it empty.
  async function lane(): Promise<void> {
    for (const at of waiting) {
      if (signal.aborted) return;
      const job = { picture: pictures[at]!, parameters: plan.parametersOf(at), out, write: plan.write };
      const refusal = await pool.run(job);
      if (refusal) summary.refused += 1;
      else summary.made += 1;
      plan.progress(summary.made + summary.kept + summary.refused, summary.refused);
      if (at >= first) await lines.put(at, refusal);
    }
  }
  try {
    await Promise.all(Array.from({ length: pool.lanes }, lane));
  } finally {
    await pool.close();
    await manifest.close();
  }
  return summary;
}

/** What is to be done, shared by the lanes. */
function* indices(again: readonly number[], first: number, end: number): Generator<number> {
  yield* again;
  for (let at = first; at < end; at++) yield at;
}

/** True for a picture that was refused in the earlier run; other settings are an error. */
function checkKnownLine(
  { pictures, parametersOf, out, manifest }: Plan,
  text: string,
  line: number,
): boolean {
  const picture = pictures[line];
  const expected = picture && lineText({ name: picture.name, parameters: parametersOf(line) });
  if (expected === text) return false;
  if (expected !== undefined && text.startsWith(`${expected.slice(0, -1)},"error":`)) return true;
  throw new SparnetError(
    'exists',
    `${join(out, manifest)}, line ${line + 1}: made with other settings or from other pictures; choose another --out`,
  );
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
