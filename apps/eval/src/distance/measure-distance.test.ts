import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { randomStream } from '@sparnet/core';
import { featureStatistics, formatStatistics, frechetDistance } from '@sparnet/metrics/fid';
import type { Image } from '@sparnet/image';
import { writeSafetensors } from '@sparnet/weights/node';
import { afterEach, expect, test, vi } from 'vitest';
import { folderOf, picture, pictures, tempFolder } from '../eval-fixture.ts';
import { faceSquare } from '../pictures/face-square.ts';
import { measureDistance } from './measure-distance.ts';
import { pictureFeatures } from './picture-features.ts';

afterEach(() => vi.unstubAllEnvs());

const how = { features: 'squeezenet1_1', engine: 'wasm', workers: 1 } as const;

test('the distance of a network that is not that of FID is not called so; statistics stand for pictures', async () => {
  await tinyNetwork();
  const faces = pictures(6, 64);
  const reference = await folderOf(faces);
  const { '00.png': _, ...others } = faces;
  const sr = await folderOf({ ...others, 'z.png': 'no picture' });
  const measured = await measureDistance({ ...how, sr, reference, kid: true });
  const { distance } = measured;
  expect(distance).toMatchObject({
    measure: 'Frechet distance',
    frechet: { network: 'squeezenet1_1', counts: [5, 6] },
    kernel: { measure: 'kernel distance', subsetSize: 5 },
    warnings: [],
    skipped: [{ name: 'z.png', reason: expect.stringContaining('z.png') as string }],
  });
  expect(distance.frechet.distance).toBeGreaterThan(0);

  const file = join(tempFolder(), 'truth.npz');
  writeFileSync(file, formatStatistics(measured.reference));
  const again = await measureDistance({ ...how, sr, reference: file });
  expect(again.distance.frechet).toEqual(distance.frechet);
  const named = measureDistance({ sr, reference: file, engine: 'wasm' });
  await expect(named).rejects.toThrow(/statistics of squeezenet1_1, not of inception-fid/);
  await expect(measureDistance({ ...how, sr, reference: file, kid: true })).rejects.toThrow(
    /leave --kid out/,
  );
});

test('sets of other sizes are warned of; size brings both to one', async () => {
  await tinyNetwork();
  const reference = await folderOf(pictures(2, 64));
  const wide = { 'a.png': picture(1, 64, 48), 'b.png': picture(2, 64, 48) };
  const sr = await folderOf(wide);
  const { distance } = await measureDistance({ ...how, sr, reference });
  expect(distance.warnings).toEqual([
    `the two sets differ in size and proportions: ${sr} has pictures of 64 x 48, ${reference} has pictures of 64 x 64; --size N brings all pictures to N x N`,
  ]);
  const sized = await measureDistance({ ...how, sr, reference, size: 48 });
  expect(sized.distance).toMatchObject({ warnings: [], inputs: { size: 48 } });
  const cut = (image: Image) => faceSquare(image, 48);
  const byHand = await measureDistance({
    ...how,
    sr: await folderOf(mapped(wide, cut)),
    reference: await folderOf(mapped(pictures(2, 64), cut)),
  });
  expect(sized.distance.frechet).toEqual(byHand.distance.frechet);
});

test('features are added in the order of the pictures, whatever the number of threads', async () => {
  await tinyNetwork();
  const folder = await folderOf(pictures(5, 48));
  const options = { network: 'squeezenet1_1', engine: 'wasm', keep: true } as const;
  const one = await pictureFeatures(folder, { ...options, workers: 1 });
  expect(await pictureFeatures(folder, { ...options, workers: 2 })).toEqual(one);
  const statistics = featureStatistics(one.statistics);
  statistics.update(one.samples ?? []);
  expect(frechetDistance(statistics.compute(), one.statistics).distance).toBeCloseTo(0, 9);
});

function mapped(images: Record<string, Image>, change: (image: Image) => Image): Record<string, Image> {
  return Object.fromEntries(Object.entries(images).map(([name, image]) => [name, change(image)]));
}

/** A SqueezeNet of a few channels with random weights, none of which a ReLU silences, where networks are looked up. */
async function tinyNetwork(): Promise<void> {
  const folder = tempFolder();
  const random = randomStream({ seed: 2, purpose: 'network' });
  const width = 3;
  const tensor = (...shape: number[]) => ({
    dtype: 'F32' as const,
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.abs(random.normal()) / 3),
  });
  const convolution = (name: string, from: number, to: number, side: number) => [
    [`features.${name}.weight`, tensor(to, from, side, side)] as const,
    [`features.${name}.bias`, tensor(to)] as const,
  ];
  const fires = [3, 4, 6, 7, 9, 10, 11, 12].flatMap((at, index) => [
    ...convolution(`${at}.squeeze`, index === 0 ? width : 2 * width, width, 1),
    ...convolution(`${at}.expand1x1`, width, width, 1),
    ...convolution(`${at}.expand3x3`, width, width, 3),
  ]);
  const state = Object.fromEntries([...convolution('0', 3, width, 3), ...fires]);
  await writeSafetensors(join(folder, 'squeezenet1_1-features.safetensors'), state);
  vi.stubEnv('SPARNET_WEIGHTS', folder);
}
