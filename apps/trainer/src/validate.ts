import type { Recipe } from '@sparnet/degrade';
import type { Image } from '@sparnet/image';
import { psnr, ssim } from '@sparnet/metrics';
import type { SparnetConfig } from '@sparnet/models';
import type { ComputePool } from './compute/compute-pool.ts';
import type { WeightsName } from './compute/messages.ts';
import type { Dataset } from './data/dataset.ts';
import { loadValidation, type ValidationSample } from './data/validation.ts';
import type { Quality } from './run/metrics-log.ts';
import type { PreviewRow } from './run/preview.ts';

/** The protocol of every number here; see `@sparnet/metrics`. */
export const protocol = 'sparnet';

/** PSNR and SSIM of the network, and of LR-UP, its input, on the same photographs. */
export type MeasuredQuality = Quality & { bicubic: Quality };

/** Photographs to judge the network by, and the quality of their LR-UP. */
export interface Validation {
  bicubic: Quality;
  /** Mean PSNR and SSIM of the network with these weights. The signal ends it early by throwing its reason. */
  measure(pool: ComputePool, weights: WeightsName, signal?: AbortSignal): Promise<Quality>;
  /** The first faces with what the network makes of them and where it looks. */
  preview(pool: ComputePool, weights: WeightsName): Promise<PreviewRow[]>;
}

/** Faces of a preview. */
const shownFaces = 4;

/**
 * Read the validation photographs once, for the numbers of LR-UP. They are read again for each measurement: the set may
 * be larger than memory.
 *
 * @param options - `recipe`: how photographs are degraded, always in the same way, if not by reducing alone; `limit`:
 *   the most photographs; `shard`: how many are computed at once; `onSkip`: told of those that
 *   can't be read; `signal`: ends the reading early by throwing its reason.
 * @throws SparnetError `no-data` when none can be read.
 */
export async function openValidation(
  dataset: Dataset,
  { outputSize, inputSize, scale }: SparnetConfig,
  {
    recipe,
    limit,
    shard,
    onSkip,
    signal,
  }: {
    recipe?: Recipe | undefined;
    limit?: number | undefined;
    shard: number;
    onSkip: (name: string, reason: string) => void;
    signal?: AbortSignal | undefined;
  },
): Promise<Validation> {
  const chosen = { dataset, outputSize, inputSize, scale, recipe, ...(limit && { limit }) };
  const shown: ValidationSample[] = [];
  const enlarged = qualityMean();
  for await (const sample of loadValidation({ ...chosen, onSkip })) {
    signal?.throwIfAborted();
    if (shown.length < shownFaces) shown.push(sample);
    enlarged.add(sample.lrUp, sample.hr);
  }

  return {
    bicubic: enlarged.result(),
    async measure(pool, weights, stop) {
      const mean = qualityMean();
      for await (const group of inGroups(loadValidation(chosen), shard * pool.workers * 4)) {
        stop?.throwIfAborted();
        const answers = await pool.predict(inputShards(group, shard), { weights });
        const pictures = answers.flatMap(({ output }) => split(output, outputSize));
        for (const [index, { hr }] of group.entries()) mean.add(pictures[index] as Image, hr);
      }
      return mean.result();
    },
    async preview(pool, weights) {
      const answers = await pool.predict(inputShards(shown, 1), { weights, attention: true });
      return shown.map(({ lr, lrUp, hr }, index) => {
        const { output, maps } = answers[index] as (typeof answers)[number];
        const [sr] = split(output, outputSize);
        return { lr, lrUp, hr, sr: sr as Image, attention: maps.slice(-1) };
      });
    },
  };
}

async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function inputShards(
  samples: readonly ValidationSample[],
  size: number,
): { count: number; input: Uint8Array }[] {
  const shards = [];
  for (let start = 0; start < samples.length; start += size) {
    const part = samples.slice(start, start + size);
    shards.push({ count: part.length, input: joined(part) });
  }
  return shards;
}

/** The inputs of `samples`, one behind the other. */
function joined(samples: readonly ValidationSample[]): Uint8Array {
  return Buffer.concat(
    samples.map(({ input: { data } }) => new Uint8Array(data.buffer, data.byteOffset, data.length)),
  );
}

/** Square RGB images that lie one behind the other. */
function split(bytes: Uint8Array, side: number): Image[] {
  const size = side * side * 3;
  return Array.from({ length: bytes.length / size }, (_, index) => ({
    width: side,
    height: side,
    channels: 3,
    data: bytes.subarray(index * size, (index + 1) * size),
  }));
}

function qualityMean() {
  let count = 0;
  const sum = { psnr: 0, ssim: 0 };
  return {
    add(image: Image, hr: Image): void {
      count += 1;
      sum.psnr += psnr(image, hr, { protocol });
      sum.ssim += ssim(image, hr, { protocol });
    },
    result: (): Quality => ({ psnr: sum.psnr / count, ssim: sum.ssim / count }),
  };
}
