import { isSparnetError } from '@sparnet/core';
import { freemem } from 'node:os';
import type { Turn, Usage, WarmUp } from './answers.ts';
import type { Contender } from './contender.ts';

/** Something to time. */
export interface Candidate {
  key: string;
  /** Its processes, which take their turns at the same time. */
  start(): Promise<Contender[]>;
  /** Told of its first time, while it stands by. */
  warmedUp?: (answers: readonly WarmUp[]) => Promise<void>;
}

/** What was measured of a candidate. */
export interface Measured extends Usage {
  key: string;
  /** What its processes say they are. */
  name: string;
  /** Of each turn, the slower process'. */
  seconds: number[];
  /** Of the first candidate, in the same rounds. */
  referenceSeconds: number[];
}

/** Why there are no figures of a candidate. */
export interface Unmeasured {
  key: string;
  why: string;
  /** It can't be here, or has no such network; else it failed. */
  absent: boolean;
}

export interface MeasureOptions {
  rounds: number;
  /** A candidate rests once its turns have taken this long. */
  seconds: number;
  say: (what: string) => void;
  /** Called when a candidate is dealt with. */
  done?: () => void;
}

interface Entry {
  figures: Measured;
  processes: Contender[];
}

/**
 * Time candidates in turn, round by round, so that what disturbs the machine disturbs all of them; only one computes at
 * a time. As many as fit into memory stand by at once; when the next may not, those that are there are timed and give
 * way to it, all but the first, which is timed again beside the others.
 */
export async function measure(
  candidates: readonly Candidate[],
  options: MeasureOptions,
): Promise<{ measured: Measured[]; unmeasured: Unmeasured[] }> {
  const measured: Entry[] = [];
  const unmeasured: Unmeasured[] = [];
  let present: Entry[] = [];
  let largest = 0;

  const timePresent = async (): Promise<void> => {
    const failures = await takeTurns(present, options);
    unmeasured.push(...failures);
    const failed = new Set(failures.map(({ key }) => key));
    const well = present.filter(({ figures }) => !failed.has(figures.key));
    measured.push(...well.filter((entry) => !measured.includes(entry)));
    for (const entry of present.slice(1)) close(entry);
    present = well.filter((entry) => entry === present[0]);
  };

  try {
    for (const candidate of candidates) {
      // A quarter more, as others have needs of their own.
      if (present.length > 1 && freemem() < 1.25 * largest) await timePresent();
      options.say(`${candidate.key} starts`);
      try {
        const entry = await started(candidate);
        present.push(entry);
        largest = Math.max(largest, entry.figures.peakRss);
      } catch (error) {
        unmeasured.push(reasonOf(candidate.key, error));
      }
      options.done?.();
    }
    await timePresent();
  } finally {
    for (const entry of present) close(entry);
  }
  return { measured: measured.map(({ figures }) => figures), unmeasured };
}

/** The first time is not timed: it builds what is kept. */
async function started(candidate: Candidate): Promise<Entry> {
  const processes = await candidate.start();
  try {
    const answers = await Promise.all(processes.map((process) => process.ask<WarmUp>('warm-up')));
    await candidate.warmedUp?.(answers);
    const figures: Measured = {
      key: candidate.key,
      name: processes[0]?.name ?? '',
      seconds: [],
      referenceSeconds: [],
      ...(await usageOf(processes)),
    };
    return { figures, processes };
  } catch (error) {
    close({ processes });
    throw error;
  }
}

/** Time all that are present; returns those that failed. */
async function takeTurns(present: readonly Entry[], { rounds, seconds, say }: MeasureOptions) {
  const failures: Unmeasured[] = [];
  const times = new Map<Entry, number[]>(present.map((entry) => [entry, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [entry, taken] of times) {
      if (taken.length > 0 && taken.reduce((sum, time) => sum + time, 0) >= seconds) continue;
      say(`${entry.figures.key}, round ${round} of ${rounds}`);
      try {
        taken.push(await turnOf(entry));
      } catch (error) {
        failures.push(reasonOf(entry.figures.key, error));
        close(entry);
        times.delete(entry);
      }
    }
  }
  const reference = times.get(present[0] as Entry) ?? [];
  for (const [entry, taken] of times) {
    entry.figures.seconds.push(...taken);
    entry.figures.referenceSeconds.push(...reference);
    Object.assign(entry.figures, await usageOf(entry.processes));
  }
  return failures;
}

async function turnOf({ processes }: Entry): Promise<number> {
  const turns = await Promise.all(processes.map((process) => process.ask<Turn>('turn')));
  return Math.max(...turns.map(({ seconds }) => seconds));
}

/** The sum over the processes. */
async function usageOf(processes: readonly Contender[]): Promise<Usage> {
  const all = await Promise.all(processes.map((process) => process.ask<Usage>('usage')));
  const heaps = all.flatMap((usage) => usage.heaps ?? []);
  return { peakRss: all.reduce((sum, { peakRss }) => sum + peakRss, 0), ...(heaps.length > 0 && { heaps }) };
}

function reasonOf(key: string, error: unknown): Unmeasured {
  const absent = isSparnetError(error, 'missing-package') || isSparnetError(error, 'unsupported');
  return { key, why: error instanceof Error ? error.message : String(error), absent };
}

function close({ processes }: Pick<Entry, 'processes'>): void {
  for (const process of processes) process.close();
}
