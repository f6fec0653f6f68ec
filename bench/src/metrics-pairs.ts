import { randomStream, type RandomStream } from '@sparnet/core';
import { gaussianBlur, gaussianNoise, jpegArtifacts } from '@sparnet/degrade';
import { createImage, crop, resize, type Image } from '@sparnet/image';
import { decodeImage } from '@sparnet/image/node';
import { readFile } from 'node:fs/promises';

/** A truth and its guess. */
export type Pair = readonly [truth: Image, guess: Image];

/** Smooth made-up pictures, and what is left of them at an eighth of the side. */
export function enlargedPairs(count: number, side: number): Pair[] {
  return Array.from({ length: count }, (_, index) => {
    const truth = resized(noise(randomStream({ seed: 1, purpose: 'enlarged', index }), side / 4), side);
    return [truth, resized(resized(truth, side / 8), side)];
  });
}

/** Noise: in turn beside other noise, and beside itself with some noise added. */
export function randomPairs(count: number, side: number): Pair[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream({ seed: 1, purpose: 'noise', index });
    const truth = noise(random, side);
    if (index % 2 === 0) return [truth, noise(random, side)];
    return [truth, gaussianNoise(truth, { sigma: random.between(1, 60), seed: index })];
  });
}

const photos = new URL('../../packages/metrics/node_modules/@vladmandic/face-api/demo/', import.meta.url);

/** Parts of photographs, reduced; guesses are in turn enlarged again from less, compressed, blurred. */
export async function photographPairs(count: number, side: number): Promise<Pair[]> {
  const pictures = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (number) =>
      decodeImage(await readFile(new URL(`sample${number}.jpg`, photos))),
    ),
  );
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream({ seed: 1, purpose: 'photographs', index });
    const truth = part(random, pictures[index % pictures.length]!, side);
    return [truth, worsened(random, truth, index % 3)];
  });
}

function part(random: RandomStream, picture: Image, side: number): Image {
  const most = Math.min(picture.width, picture.height);
  const square = Math.round(random.between(Math.min(side, most), most));
  const left = random.integer(picture.width - square + 1);
  const top = random.integer(picture.height - square + 1);
  return resized(crop(picture, { left, top, width: square, height: square }), side);
}

function worsened(random: RandomStream, truth: Image, way: number): Image {
  if (way === 0) return resized(resized(truth, Math.round(truth.width / random.between(2, 8))), truth.width);
  if (way === 1) return jpegArtifacts(truth, { quality: 10 + random.integer(86) });
  return gaussianBlur(truth, { sigma: random.between(0.5, 5) });
}

function resized(image: Image, side: number): Image {
  return resize(image, { width: side, height: side });
}

function noise(random: RandomStream, side: number): Image {
  const data = Uint8Array.from({ length: 3 * side * side }, () => random.integer(256));
  return createImage({ width: side, height: side, channels: 3, data });
}
