import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '@sparnet/image/node';
import { expect, test } from 'vitest';
import { openDataset, type Dataset } from './dataset.ts';
import { pngs } from './picture-fixture.ts';
import { makeValidationSample } from './sample.ts';
import { tempFolder } from './temp-folder.ts';
import { loadValidation, type ValidationSample } from './validation.ts';

const sizes = { outputSize: 16, scale: 4, inputSize: 16 };

test('the validation pairs in order', async () => {
  const { dataset, contents } = await set(3);
  const samples = await all({ ...sizes, dataset });
  expect(samples.map(({ name }) => name)).toEqual(['p0.png', 'p1.png', 'p2.png']);
  for (const [index, { name: _, ...sample }] of samples.entries()) {
    const image = await decodeImage(contents[index] as Uint8Array);
    expect(sample).toEqual(makeValidationSample(image, sizes));
  }
});

test('a limit spreads the pictures over the set', async () => {
  const { dataset } = await set(7);
  const samples = await all({ ...sizes, dataset, limit: 3 });
  expect(samples.map(({ name }) => name)).toEqual(['p0.png', 'p2.png', 'p4.png']);
});

test('unreadable pictures are reported and left out; a set of nothing else is refused', async () => {
  const { dataset } = await set(3, [1]);
  const skipped: string[] = [];
  const onSkip = (name: string): number => skipped.push(name);
  expect((await all({ ...sizes, dataset, onSkip })).map(({ name }) => name)).toEqual(['p0.png', 'p2.png']);
  expect(skipped).toEqual(['p1.png']);
  const { dataset: broken } = await set(2, [0, 1]);
  await expect(all({ ...sizes, dataset: broken })).rejects.toMatchObject({ code: 'no-data' });
});

async function all(options: Parameters<typeof loadValidation>[0]): Promise<ValidationSample[]> {
  const samples: ValidationSample[] = [];
  for await (const sample of loadValidation(options)) samples.push(sample);
  return samples;
}

async function set(
  count: number,
  broken: number[] = [],
): Promise<{ dataset: Dataset; contents: Uint8Array[] }> {
  const folder = tempFolder();
  const contents = await pngs(count);
  for (const [index, bytes] of contents.entries()) {
    writeFileSync(join(folder, `p${index}.png`), broken.includes(index) ? bytes.subarray(0, 60) : bytes);
  }
  return { dataset: await openDataset([folder]), contents };
}
