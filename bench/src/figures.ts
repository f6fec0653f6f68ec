import type { EngineName } from '@sparnet/engine';
import type { Contender } from './contender.ts';
import type { Usage } from './training-answers.ts';
import { textTable } from './text-table.ts';

/** A contender and what was measured of it. */
export interface Entry {
  side: 'torch' | EngineName;
  /** Workers, or threads of PyTorch. */
  workers: number;
  imagesPerStep: number;
  contender: Contender;
  firstLoss: number;
  seconds: number[];
}

/** The figures of a contender. */
export interface Figures extends Usage {
  side: Entry['side'];
  name: string;
  workers: number;
  imagesPerStep: number;
  medianSeconds: number;
  minSeconds: number;
  /** By the median. */
  imagesPerSecond: number;
  /** The median time an image takes, over PyTorch's with as many threads. */
  ratio?: number;
  seconds: number[];
}

/** What the timed steps come to. */
export async function figuresOf(entries: readonly Entry[]): Promise<Figures[]> {
  const perImage = ({ seconds, imagesPerStep }: Entry): number => median(seconds) / imagesPerStep;
  return Promise.all(
    entries.map(async (entry) => {
      const { side, workers, imagesPerStep, seconds, contender } = entry;
      const torch = entries.find((other) => other.side === 'torch' && other.workers === workers);
      return {
        side,
        name: contender.name,
        workers,
        imagesPerStep,
        medianSeconds: median(seconds),
        minSeconds: Math.min(...seconds),
        imagesPerSecond: 1 / perImage(entry),
        ...(torch && { ratio: perImage(entry) / perImage(torch) }),
        ...(await contender.ask<Usage>('usage')),
        seconds,
      };
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

/** The figures, a line a contender. */
export function tableOf(figures: readonly Figures[]): string {
  const head = [
    '',
    'images a step',
    'median s',
    'min s',
    'images/s',
    'to PyTorch',
    'peak RSS MB',
    'heap a worker MB',
  ];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const rows = figures.map((row) => [
    `${row.side}, ${row.workers} ${row.side === 'torch' ? 'thread' : 'worker'}${row.workers > 1 ? 's' : ''}`,
    String(row.imagesPerStep),
    row.medianSeconds.toFixed(2),
    row.minSeconds.toFixed(2),
    row.imagesPerSecond.toFixed(2),
    row.ratio?.toFixed(2) ?? '-',
    megabytes(row.peakRss),
    row.heaps?.map(megabytes).join(' ') ?? '-',
  ]);
  return textTable([head, ...rows]);
}
