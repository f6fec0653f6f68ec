import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkInteger } from '@sparnet/core';
import { replaceFile } from '@sparnet/core/node';
import { runPaths, stepOf } from './run-paths.ts';

/** The steps of which a run has checkpoint folders, newest first, whole or not. */
export async function checkpointSteps(dir: string): Promise<number[]> {
  const names = await readdir(runPaths(dir).checkpoints).catch(() => []);
  return names
    .map(stepOf)
    .filter((step) => step !== null)
    .toSorted((a, b) => b - a);
}

/** The step that `latest.json` or `best.json` names, or null when there is none. */
export async function pointedStep(dir: string, pointer: 'latest' | 'best'): Promise<number | null> {
  try {
    const { step } = JSON.parse(await readFile(pointerFile(dir, pointer), 'utf8')) as { step?: unknown };
    return checkInteger('step', step);
  } catch {
    return null;
  }
}

/**
 * Makes `latest.json` and `best.json` name steps, replacing each file as a whole. Without a best one, or when its
 * checkpoint is gone, there is no `best.json`.
 *
 * @throws SparnetError `bad-file` when one cannot be written.
 */
export async function setPointers(
  dir: string,
  { latest, best }: { latest: number; best?: number | undefined },
): Promise<void> {
  await pointTo(dir, 'latest', latest);
  const steps = await checkpointSteps(dir);
  if (best !== undefined && steps.includes(best)) await pointTo(dir, 'best', best);
  else await rm(pointerFile(dir, 'best'), { force: true });
}

async function pointTo(dir: string, pointer: 'latest' | 'best', step: number): Promise<void> {
  if ((await pointedStep(dir, pointer)) === step) return;
  await replaceFile(pointerFile(dir, pointer), `${JSON.stringify({ step })}\n`);
}

function pointerFile(dir: string, pointer: string): string {
  return join(runPaths(dir).checkpoints, `${pointer}.json`);
}
