import type { EvaluateControl } from '../evaluate.ts';
import { openProgress, type Progress } from './progress.ts';

/** Pictures left out that are said one by one. */
const saidSkips = 20;

/** Runs work with its progress on stderr. Undefined when the signal has ended it. */
export async function watched<Result>(
  signal: AbortSignal,
  work: (control: EvaluateControl) => Promise<Result>,
): Promise<Result | undefined> {
  let progress: Progress | undefined;
  let skips = 0;
  try {
    return await work({
      signal,
      begin: (total) => (progress = openProgress({ total })),
      advance: () => progress?.advance(),
      skip(name, reason) {
        skips += 1;
        if (skips <= saidSkips) progress?.say(`skipped ${name}: ${reason}`);
        if (skips === saidSkips) progress?.say('more are skipped');
      },
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  } finally {
    progress?.close();
  }
}
