import { resolveConfig, type SparnetConfig } from '@sparnet/models';
import { join } from 'node:path';
import type { BenchOptions } from './bench-options.ts';
import { measure, type Measured } from './measure.ts';
import { median } from './median.ts';
import type { Progress } from './progress.ts';
import { writeStartFiles } from './start-files.ts';
import { startOurStep } from './start-form.ts';
import { megabytes } from './table-figures.ts';
import { textTable } from './text-table.ts';

/** A training step of one size. */
interface Size {
  images: number;
  /** Of the output. */
  side: number;
  workers: number;
}

/** What a training step of one size takes. */
export interface Growth extends Size, Measured {
  medianSeconds: number;
}

/** What grows, and all sizes. */
const series: Readonly<Record<keyof Size, readonly Size[]>> = {
  images: [1, 2, 4, 8, 16].map((images) => ({ images, side: 128, workers: 1 })),
  side: [64, 128, 256].map((side) => ({ images: 2, side, workers: 1 })),
  workers: [1, 2].map((workers) => ({ images: 8, side: 128, workers })),
};

const titles: Readonly<Record<keyof Size, string>> = {
  images: 'images a step (1 worker, 128 x 128)',
  side: 'side of the images (1 worker, 2 images)',
  workers: 'workers (8 images of 128 x 128)',
};

/** Print how a training step of the first model grows, on the best engine; returns the figures. */
export async function measureGrowth(
  options: BenchOptions,
  { folder, progress }: { folder: string; progress: Progress },
): Promise<Growth[]> {
  const all: Growth[] = [];
  for (const grows of Object.keys(series) as (keyof Size)[]) {
    const lines: string[][] = [[titles[grows], 's a step', 's an image', 'peak RSS MB']];
    for (const size of series[grows]) {
      const growth = await measureSize(size, options, { folder, progress });
      const { medianSeconds: seconds } = growth;
      const perImage = seconds / size.images;
      lines.push([
        String(size[grows]),
        seconds.toPrecision(3),
        perImage.toPrecision(3),
        megabytes(growth.peakRss),
      ]);
      all.push(growth);
    }
    process.stdout.write(`${textTable(lines)}\n\n`);
  }
  process.stdout.write(`A training step of ${options.models[0]?.name} on ${all[0]?.name}\n`);
  return all;
}

async function measureSize(
  size: Size,
  { models, shard, rounds, seconds }: BenchOptions,
  { folder, progress }: { folder: string; progress: Progress },
): Promise<Growth> {
  const { images: batch, side, workers } = size;
  const [model] = models as [BenchOptions['models'][number]];
  const config = ofSide(model.config, side);
  const files = await writeStartFiles(join(folder, `${model.name}-${side}`), { config, images: shard });
  const candidate = {
    key: `${batch} of ${side} x ${side}, ${workers} at work`,
    start: async () => [
      await startOurStep({ engine: 'auto', workers, threads: 1 }, { config, files, batch, shard }),
    ],
  };
  const { measured, unmeasured } = await measure([candidate], { rounds, seconds, say: progress.show });
  const [result] = measured;
  if (!result) throw new Error(unmeasured.map(({ key, why }) => `${key}: ${why}`).join('; '));
  return { ...size, medianSeconds: median(result.seconds), ...result };
}

/** The same network for faces of another size. */
function ofSide(config: SparnetConfig, side: number): SparnetConfig {
  return resolveConfig({
    ...config,
    inputSize: (config.inputSize * side) / config.outputSize,
    outputSize: side,
    hourglassDepth: 'feature-size',
    attentionBlocks: config.attentionBlocks === 0 ? 0 : Infinity,
  });
}
