import { preset } from '@sparnet/models';
import { join } from 'node:path';
import type { Turn, Usage } from './answers.ts';
import type { Progress } from './progress.ts';
import { writeStartFiles } from './start-files.ts';
import { startOurStep } from './start-form.ts';
import { megabytes } from './table-figures.ts';
import { textTable } from './text-table.ts';

/** What a process holds after some steps. */
export interface Held extends Usage {
  step: number;
}

const lines = 10;

/** Train a small network on the best engine for some steps, and print on the way what the process holds. */
export async function watchMemory(
  steps: number,
  { folder, photos, progress }: { folder: string; photos: string; progress: Progress },
): Promise<Held[]> {
  const config = preset('sparnet-tiny');
  const work = { config, batch: 4, shard: 2 };
  const files = await writeStartFiles(join(folder, 'steady'), { config, images: work.shard });
  const contender = await startOurStep(
    { engine: 'auto', workers: 2, threads: 1, photos },
    { ...work, files },
  );
  const held: Held[] = [];
  try {
    await contender.ask('warm-up');
    for (let step = 1; step <= steps; step++) {
      await contender.ask<Turn>('turn');
      if (step > 1 && step < steps && step % Math.ceil(steps / lines) !== 0) continue;
      progress.show(`${step} of ${steps} steps`);
      held.push({ step, ...(await contender.ask<Usage>('usage')) });
    }
  } finally {
    contender.close();
  }
  progress.say('');
  const rows = held.map(({ step, rss = NaN, peakRss, tensors = NaN, heaps }) => [
    String(step),
    megabytes(rss),
    megabytes(peakRss),
    String(tensors),
    heaps?.map(megabytes).join(' ') ?? '-',
  ]);
  const head = ['step', 'RSS MB', 'peak RSS MB', 'tensors', 'heap a worker MB'];
  process.stdout.write(`sparnet-tiny on ${contender.name}, 2 workers\n\n${textTable([head, ...rows])}\n`);
  return held;
}
