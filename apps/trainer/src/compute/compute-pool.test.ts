import { randomStream } from '@sparnet/core';
import { expect, onTestFinished, test } from 'vitest';
import type { Worker } from 'node:worker_threads';
import { networkConfig } from '../network-config.ts';
import { tinyNetwork } from '../run-fixture.ts';
import { shardsOf } from '../shards.ts';
import { openComputePool, type ComputePool } from './compute-pool.ts';

const options = {
  engine: 'wasm',
  network: networkConfig({ preset: 'sparnet-v16', network: tinyNetwork, scale: 8 }),
  seed: 1,
  objective: { pixel: { kind: 'squared', reduction: 'mean', weight: 1 }, checkpointing: false },
} as const;

test('two workers give the bits that one gives, and leave the values as they are', async () => {
  const results = await Promise.all(
    [1, 2].map(async (workers) => {
      const pool = await open(workers);
      const before = pool.values.slice();
      const gradients = new Float32Array(pool.table.total);
      const loss = await pool.differentiate(shardsOf(batch(9), { images: 9, size: 2 }), gradients);
      const answers = await pool.predict(shardsOf(batch(9), { images: 9, size: 2 }), { weights: 'values' });
      expect(pool.values).toEqual(before);
      return {
        loss,
        gradients,
        pictures: answers.map(({ output }) => Buffer.from(output).toString('base64')),
      };
    }),
  );
  expect(results[1]).toEqual(results[0]);
  expect(results[0]?.gradients.subarray(0, 100).some((value) => value !== 0)).toBe(true);
});

test('predictions are made with the weights that were asked for; 300 steps take no more memory than 20', async () => {
  const pool = await open(1);
  const shards = shardsOf(batch(2), { images: 2, size: 2 });
  const [before] = await pool.predict(shards, { weights: 'values' });
  pool.average.set(pool.values.map((value) => value / 2));
  pool.changed();
  const [halved] = await pool.predict(shards, { weights: 'average' });
  expect(halved?.output).not.toEqual(before?.output);
  const [again] = await pool.predict(shards, { weights: 'values', attention: true });
  expect(again?.output).toEqual(before?.output);

  const gradients = new Float32Array(pool.table.total);
  const usages = [];
  for (let step = 1; step <= 300; step++) {
    pool.changed();
    await pool.differentiate(shards, gradients);
    if (step % 10 === 0) await pool.predict(shards, { weights: 'average', attention: true });
    if (step === 20 || step === 300) usages.push(...(await pool.usage()));
  }
  const [early, late] = usages;
  expect(late).toEqual(early);
  expect(early?.heapBytes).toBeGreaterThan(0);
  expect(early?.tensors).toBeGreaterThan(10);
});

test('a worker that dies ends the call it was asked for and all later ones', async () => {
  const workers: Worker[] = [];
  const listener = (worker: Worker): void => void workers.push(worker);
  process.on('worker', listener);
  const pool = await open(2);
  process.off('worker', listener);
  expect(workers).toHaveLength(2);
  const gradients = new Float32Array(pool.table.total);
  const shards = shardsOf(batch(40), { images: 40, size: 1 });
  const asked = pool.differentiate(shards, gradients);
  await workers[1]?.terminate();
  await expect(asked).rejects.toMatchObject({ code: 'worker-died' });
  await expect(pool.differentiate(shards, gradients)).rejects.toMatchObject({ code: 'worker-died' });
});

async function open(workers: number): Promise<ComputePool> {
  const pool = await openComputePool(workers, options);
  onTestFinished(() => pool.close());
  await pool.initialise({});
  return pool;
}

function batch(images: number): { hr: Uint8Array; input: Uint8Array } {
  const random = randomStream({ seed: 1, purpose: 'picture', index: images });
  const bytes = (side: number): Uint8Array =>
    Uint8Array.from({ length: images * side * side * 3 }, () => random.integer(256));
  return { hr: bytes(tinyNetwork.outputSize), input: bytes(tinyNetwork.inputSize) };
}
