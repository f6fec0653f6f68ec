import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '@sparnet/image/node';
import { expect, test } from 'vitest';
import { openDataset, placeOf } from '../data/dataset.ts';
import { makeValidationSample } from '../data/sample.ts';
import { tempFolder } from '../data/temp-folder.ts';
import { prepareDemoFaces } from './demo-faces.ts';

test('the faces of the shipped photographs become a data set, once', async () => {
  const cache = tempFolder();
  const demo = await prepareDemoFaces(cache);
  const train = await openDataset([demo.trainDir], { boxes: demo.boxes });
  const val = await openDataset([demo.valDir]);
  expect([train.names.length, train.boxed, val.names.length]).toEqual([18, 18, 4]);

  const place = placeOf(train, 0);
  const image = await decodeImage(place.path);
  expect(image.width).toBeGreaterThan(280); // the margin
  const sizes = { outputSize: 128, scale: 8, inputSize: 16 };
  expect(makeValidationSample(image, { ...sizes, box: place.box }).hr.width).toBe(128);

  const folder = join(cache, readdirSync(cache)[0] as string);
  const first = contents(folder);
  const made = statSync(join(folder, 'boxes.csv')).mtimeMs;
  expect(await prepareDemoFaces(cache)).toEqual(demo);
  expect(statSync(join(folder, 'boxes.csv')).mtimeMs).toBe(made);

  rmSync(join(demo.trainDir, 'sample1-face1.png'));
  await prepareDemoFaces(cache);
  expect(contents(folder)).toEqual(first);
  expect(readdirSync(cache)).toHaveLength(1);
});

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}
