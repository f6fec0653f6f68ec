import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resize } from '@sparnet/image';
import { expect, test } from 'vitest';
import type { ComputePool } from './compute/compute-pool.ts';
import { openDataset } from './data/dataset.ts';
import { networkConfig } from './network-config.ts';
import { pictureFolder, tinyNetwork } from './run-fixture.ts';
import { openValidation } from './validate.ts';

const config = networkConfig({ preset: 'sparnet-v16', network: tinyNetwork, scale: 8 });
const side = { lr: config.inputSize, hr: config.outputSize };

test('a network that enlarges by bicubic has the numbers of bicubic, whatever the size of its shards', async () => {
  const folder = await pictureFolder(11);
  writeFileSync(join(folder, '003.png'), 'no picture');
  const skipped: string[] = [];
  const validation = await openValidation(await openDataset([folder]), config, {
    shard: 2,
    onSkip: (name) => skipped.push(name),
  });
  const { pool, counts } = bicubicPool();
  expect(await validation.measure(pool, 'values')).toEqual(validation.bicubic);
  expect(skipped).toEqual(['003.png']);
  // 10 pictures, asked for 8 at a time: no more than that is held.
  expect(counts).toEqual([[2, 2, 2, 2], [2]]);

  const rows = await validation.preview(pool, 'values');
  expect(rows).toHaveLength(4);
  for (const { lr, sr } of rows) expect(sr).toEqual(resize(lr, { width: side.hr, height: side.hr }));
});

test('degraded, the numbers and the previews are those of LR-UP, the same at every validation', async () => {
  const dataset = await openDataset([await pictureFolder(3)]);
  const whole = networkConfig({
    preset: 'sparnet-v16',
    network: { ...tinyNetwork, inputSize: 16, resDepth: 1 },
    scale: 2,
  });
  const steps = [
    { op: 'resize', shrink: { between: [2, 5] } },
    { op: 'noise', sigma: 9 },
  ] as const;
  const validation = await openValidation(dataset, whole, {
    recipe: { steps },
    shard: 2,
    onSkip: () => undefined,
  });
  const predict: ComputePool['predict'] = (shards) =>
    Promise.resolve(shards.map(({ input }) => ({ output: Uint8Array.from(input), maps: [] })));
  const pool = { workers: 1, predict } as ComputePool;
  expect(await validation.measure(pool, 'values')).toEqual(validation.bicubic);
  for (const { lrUp, sr } of await validation.preview(pool, 'values')) expect(sr).toEqual(lrUp);
  const again = await openValidation(dataset, whole, {
    recipe: { steps },
    shard: 1,
    onSkip: () => undefined,
  });
  expect(again.bicubic).toEqual(validation.bicubic);
  const plain = await openValidation(dataset, whole, { shard: 2, onSkip: () => undefined });
  expect(plain.bicubic.psnr).toBeGreaterThan(validation.bicubic.psnr);
});

test('told to stop, measuring ends before the next group, with the reason', async () => {
  const validation = await openValidation(await openDataset([await pictureFolder(11)]), config, {
    shard: 2,
    onSkip: () => undefined,
  });
  const { pool, counts } = bicubicPool();
  const controller = new AbortController();
  const stopping = {
    ...pool,
    predict: ((...asked) => {
      controller.abort('enough');
      return pool.predict(...asked);
    }) as ComputePool['predict'],
  };
  await expect(validation.measure(stopping, 'values', controller.signal)).rejects.toBe('enough');
  expect(counts).toEqual([[2, 2, 2, 2]]);
});

/** Stands for a network. */
function bicubicPool(): { pool: ComputePool; counts: number[][] } {
  const counts: number[][] = [];
  const enlarged = ({ count, input }: { count: number; input: Uint8Array }): Uint8Array =>
    Buffer.concat(
      Array.from({ length: count }, (_, index) => {
        const size = side.lr * side.lr * 3;
        const data = input.subarray(index * size, (index + 1) * size);
        const lr = { width: side.lr, height: side.lr, channels: 3, data } as const;
        return resize(lr, { width: side.hr, height: side.hr }).data as Uint8Array;
      }),
    );
  const predict: ComputePool['predict'] = (shards) => {
    counts.push(shards.map(({ count }) => count));
    return Promise.resolve(shards.map((shard) => ({ output: Uint8Array.from(enlarged(shard)), maps: [] })));
  };
  return { pool: { workers: 1, predict } as ComputePool, counts };
}
