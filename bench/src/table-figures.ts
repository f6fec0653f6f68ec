import type { Agreement } from './agreement.ts';
import type { Task } from './forms.ts';
import { referenceKey } from './forms.ts';
import type { Measured } from './measure.ts';
import { median } from './median.ts';
import { textTable } from './text-table.ts';

/** The figures of a contender in a table. */
export interface Figures extends Measured, Agreement {
  medianSeconds: number;
  minSeconds: number;
  /** By the median. */
  imagesPerSecond: number;
  /** The median time over that of PyTorch's float32 in one process with 2 threads, in the same rounds. */
  toPytorch?: number;
  /** The same over the faster of PyTorch's float32 forms. */
  toBest?: number;
}

/** The figures of one batch, all of whose contenders take `batch` images a turn. */
export function figuresOf(
  measured: readonly Measured[],
  { batch, agreement }: { batch: number; agreement: ReadonlyMap<string, Agreement> },
): Figures[] {
  const besideReference = measured[0]?.key === referenceKey;
  const ratio = ({ seconds, referenceSeconds }: Measured): number =>
    median(seconds) / median(referenceSeconds);
  const best = Math.min(...measured.filter(({ key }) => key.startsWith('torch:')).map(ratio));
  return measured.map((one) => ({
    ...one,
    ...agreement.get(one.key),
    medianSeconds: median(one.seconds),
    minSeconds: Math.min(...one.seconds),
    imagesPerSecond: batch / median(one.seconds),
    ...(besideReference && { toPytorch: ratio(one), toBest: ratio(one) / best }),
  }));
}

/** The figures, a line a contender. */
export function tableOf(figures: readonly Figures[], { task }: { task: Task }): string {
  const head = [
    '',
    'images/s',
    'median s',
    'min s',
    'turns',
    'to PyTorch',
    'to its best',
    'peak RSS MB',
    'heap a worker MB',
    task === 'forward' ? 'error' : 'first loss',
  ];
  const rows = figures.map((row) => [
    row.key,
    row.imagesPerSecond.toPrecision(3),
    row.medianSeconds.toPrecision(3),
    row.minSeconds.toPrecision(3),
    String(row.seconds.length),
    row.toPytorch?.toFixed(2) ?? '-',
    row.toBest?.toFixed(2) ?? '-',
    megabytes(row.peakRss),
    row.heaps?.map(megabytes).join(' ') ?? '-',
    row.maxError?.toExponential(1) ?? row.firstLoss?.toPrecision(6) ?? '-',
  ]);
  return textTable([head, ...rows]);
}

/** Bytes in words. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
