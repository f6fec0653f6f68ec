import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '@sparnet/degrade';
import { decodeImage } from '@sparnet/image/node';
import { expect, onTestFinished, test } from 'vitest';
import type { Augmentation } from './augmentation.ts';
import { batchOrder } from './batch-order.ts';
import { openDataset, type Dataset } from './dataset.ts';
import { createLoader, type Batch, type Loader, type LoaderOptions } from './loader.ts';
import { pngs } from './picture-fixture.ts';
import { makeSample } from './sample.ts';
import { tempFolder } from './temp-folder.ts';

const sizes = { outputSize: 16, scale: 4, inputSize: 4 };
const seed = 3;
const augmentation: Augmentation = {
  flip: true,
  rotate: true,
  rescale: [1, 1.3],
  shift: 0.05,
  scale: [0.92, 1.1],
};

test('a batch holds the pairs of its pictures, in the order of the epoch', async () => {
  const { dataset, contents } = await set(7);
  const loader = start({ dataset, batchSize: 3 });
  const order = batchOrder({ count: 7, batchSize: 3, seed });
  for (const step of [0, 1, 2]) {
    const batch = await loader.next();
    const slots = order.slots(step);
    expect(batch.step).toBe(step);
    expect(batch.epoch).toBe(Math.floor(step / 2));
    for (const [at, slot] of slots.entries()) {
      const picture = order.pictureAt(slot, () => true) as number;
      const image = await decodeImage(contents[picture] as Uint8Array);
      const sample = makeSample(image, {
        ...sizes,
        seed,
        augmentation,
        epoch: slot.epoch,
        index: slot.position,
      });
      expect(batch.names[at]).toBe(dataset.names[picture]);
      expect(batch.hr.subarray(at * 768, (at + 1) * 768)).toEqual(sample.hr.data);
      expect(batch.input.subarray(at * 48, (at + 1) * 48)).toEqual(sample.input.data);
    }
  }
});

test('neither the first step nor the number of workers changes a batch', async () => {
  const { dataset } = await set(7, { broken: [2] });
  const whole = await take(start({ dataset, batchSize: 3 }), 6);
  const resumed = await take(start({ dataset, batchSize: 3, startStep: 4, workers: 2, prefetch: 1 }), 2);
  expect(resumed).toEqual(whole.slice(4));
});

test('degraded, a batch has the same bits for one loader and two, and from the middle of an epoch', async () => {
  const { dataset } = await set(7);
  const options = { dataset, batchSize: 3, recipe: presets['real-esrgan'] };
  const whole = await take(start(options), 6);
  const resumed = await take(start({ ...options, startStep: 3, workers: 2 }), 3);
  expect(resumed).toEqual(whole.slice(3));
  // The same face is degraded in another way in another epoch.
  const [first, again] = [0, 2].map((step) => whole[step] as Batch);
  expect(new Set(whole.map(({ input }) => Buffer.from(input).toString('hex'))).size).toBe(6);
  expect(first?.epoch).not.toBe(again?.epoch);
  const plain = await take(start({ dataset, batchSize: 3 }), 1);
  expect(plain[0]?.hr).toEqual(first?.hr);
  expect(plain[0]?.input).not.toEqual(first?.input);
});

test('a set smaller than a batch fills it from the following orders', async () => {
  const { dataset } = await set(2);
  const loader = start({ dataset, batchSize: 5 });
  const batches = await take(loader, 2);
  expect(batches.map(({ epoch }) => epoch)).toEqual([0, 2]);
  const names = batches.flatMap((batch) => batch.names);
  expect(names.filter((name) => name === dataset.names[0])).toHaveLength(5);
});

test('an unreadable picture is reported once and replaced by the next readable one', async () => {
  const { dataset } = await set(9, { broken: [1, 4, 8] });
  const skipped: string[] = [];
  const loader = start({
    dataset,
    batchSize: 9,
    onSkip: (name, reason) => skipped.push(`${name}: ${reason}`),
  });
  const batches = await take(loader, 4);
  expect(skipped).toHaveLength(3);
  expect(skipped.toSorted()[0]).toMatch(/^p1\.png: \/.*\/p1\.png: /);
  expect(loader.skipped).toBe(3);
  const order = batchOrder({ count: 9, batchSize: 9, seed });
  for (const { step, names } of batches) {
    const expected = order
      .slots(step)
      .map((slot) => order.pictureAt(slot, (picture) => ![1, 4, 8].includes(picture)));
    expect(names).toEqual(expected.map((picture) => dataset.names[picture as number]));
  }
});

test('a set of mostly unreadable pictures is refused', async () => {
  const { dataset } = await set(5, { broken: [0, 2, 3] });
  const loader = start({ dataset, batchSize: 5 });
  await expect(loader.next()).rejects.toMatchObject({ code: 'no-data' });
  const { dataset: gone } = await set(1);
  rmSync(gone.sources[0]?.path as string, { recursive: true });
  await expect(start({ dataset: gone, batchSize: 2 }).next()).rejects.toThrow(
    "1 of 1 pictures can't be read",
  );
});

test('closing ends the workers, also while batches are made', async () => {
  const { dataset } = await set(6);
  const loader = start({ dataset, batchSize: 64, prefetch: 3, workers: 2 });
  const [refused] = await Promise.allSettled([loader.next(), loader.close()]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'bad-state' } });
  await expect(loader.next()).rejects.toMatchObject({ code: 'bad-state' });
  await loader.close();
});

test('a batch that has no room in memory is an error that says what to lower', async () => {
  const { dataset } = await set(1);
  await expect(start({ dataset, batchSize: 2 ** 40 }).next()).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringMatching(/^no room for 1099511627776 images of 16x16 .*lower --batch/),
  });
});

test('impossible options are refused at once', async () => {
  const { dataset } = await set(1);
  const options = { dataset, batchSize: 1, seed, augmentation, ...sizes };
  expect(() => createLoader({ ...options, batchSize: 0 })).toThrow('for batchSize, got 0');
  expect(() => createLoader({ ...options, scale: 3 })).toThrow("the scale 3 doesn't divide");
  expect(() => createLoader({ ...options, seed: -1 })).toThrow('for seed, got -1');
  expect(() => createLoader({ ...options, augmentation: { ...augmentation, shift: 2 } })).toThrow(
    'for shift, got 2',
  );
});

function start(options: Omit<LoaderOptions, 'seed' | 'augmentation' | keyof typeof sizes>): Loader {
  const loader = createLoader({ ...sizes, seed, augmentation, ...options });
  onTestFinished(() => loader.close());
  return loader;
}

async function take(loader: Loader, count: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let i = 0; i < count; i++) batches.push(await loader.next());
  return batches;
}

/** A folder of random pictures; the broken ones have lost their second half. */
async function set(
  count: number,
  { broken = [] }: { broken?: number[] } = {},
): Promise<{ dataset: Dataset; contents: Uint8Array[] }> {
  const contents = await pngs(count);
  const folder = tempFolder();
  for (const [index, bytes] of contents.entries()) {
    const content = broken.includes(index) ? bytes.subarray(0, bytes.length / 2) : bytes;
    writeFileSync(join(folder, `p${index}.png`), content);
  }
  return { dataset: await openDataset([folder]), contents };
}
