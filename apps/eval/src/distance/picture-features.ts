import { SparnetError } from '@sparnet/core';
import type { EngineName } from '@sparnet/engine';
import { openPictures, placeOf } from '@sparnet/image/node';
import { featureStatistics, type FeatureStatistics } from '@sparnet/metrics/fid';
import type { EvaluateControl } from '../evaluate.ts';
import { inLanes } from '../threads/in-lanes.ts';
import { openThreadPool } from '../threads/thread-pool.ts';
import type { FeatureCalls } from './features-worker.ts';

/** The networks whose features are compared; the first is that of FID. */
export const featureNetworks = ['inception-fid', 'squeezenet1_1', 'alexnet', 'vgg16', 'vgg19'] as const;
export type FeatureNetwork = (typeof featureNetworks)[number];

/** The features of a set of pictures. */
export interface PictureFeatures {
  statistics: FeatureStatistics;
  /** All of them, samples first; only when asked for. */
  samples?: Float32Array;
  /** The sizes that pictures had when the network saw them, such as `128 x 128`. */
  sizes: ReadonlySet<string>;
  skipped: { name: string; reason: string }[];
}

/**
 * The statistics of the features of all pictures of a folder or tar archive, computed in threads and added in the order
 * of the pictures, so that the number of threads doesn't matter.
 *
 * @param options.size - Pictures of another size are brought to a square of this side, as `faceSquare` does.
 * @param options.keep - Keep the features themselves, which takes memory that grows with their number.
 * @throws SparnetError as `openPictures`; what the network or an engine lacks; `no-data` when no picture can be read.
 */
export async function pictureFeatures(
  path: string,
  {
    network,
    engine,
    workers,
    size,
    keep,
  }: {
    network: FeatureNetwork;
    engine: EngineName | 'auto';
    workers: number;
    size?: number | undefined;
    keep: boolean;
  },
  { signal, begin, advance, skip }: EvaluateControl = {},
): Promise<PictureFeatures> {
  const pictures = await openPictures([path]);
  const count = pictures.names.length;
  begin?.(count);
  const pool = await openThreadPool<FeatureCalls>({
    threads: Math.min(workers, count),
    script: new URL('./features-worker.ts', import.meta.url),
    open: { engine, network },
  });
  try {
    const { dimensions } = pool.opened;
    const statistics = featureStatistics(pool.opened);
    const samples = keep ? new Float32Array(count * dimensions) : undefined;
    const sizes = new Set<string>();
    const skipped: PictureFeatures['skipped'] = [];
    const early = new Map<number, FeatureCalls['features'][1]>();
    let next = 0;

    function take(seen: FeatureCalls['features'][1]): void {
      if ('skipped' in seen) {
        const name = pictures.names[next]!;
        skipped.push({ name, reason: seen.skipped });
        skip?.(name, seen.skipped);
        return;
      }
      const { features, width, height } = seen;
      sizes.add(`${width} x ${height}`);
      samples?.set(features, statistics.count * dimensions);
      statistics.update(features);
    }
    const places = Array.from({ length: count }, (_, index) => index);
    await inLanes(places, { lanes: pool.lanes, signal }, async (index) => {
      early.set(index, await pool.call('features', { place: placeOf(pictures, index), size }));
      for (let ready = early.get(next); ready; ready = early.get(next)) {
        take(ready);
        early.delete(next);
        next += 1;
      }
      advance?.();
    });
    if (statistics.count === 0)
      throw new SparnetError('no-data', `${path}: none of the ${count} pictures can be read`);
    return {
      statistics: statistics.compute(),
      sizes,
      skipped,
      ...(samples && { samples: samples.subarray(0, statistics.count * dimensions) }),
    };
  } finally {
    await pool.close();
  }
}
