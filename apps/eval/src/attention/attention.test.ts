import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSparnetError } from '@sparnet/core';
import { resize, tinyText, type Image } from '@sparnet/image';
import { decodeImage, encodeImage } from '@sparnet/image/node';
import { createSparnet, enhance, preset, type Sparnet, type SparnetConfigInput } from '@sparnet/models';
import { saveModel } from '@sparnet/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { attentionCommand } from '../commands/attention.ts';
import { folderOf, picture, pictures, tempFolder } from '../eval-fixture.ts';
import { startEngine } from '../measure/start-engine.ts';
import { readFile } from 'node:fs/promises';
import { attentionMaps, type AttentionMap } from './attention-maps.ts';
import { attentionPicture } from './attention-picture.ts';
import { colourMap, colourOf } from './colour-scale.ts';

const small: SparnetConfigInput = {
  ...preset('sparnet-v16-s4'),
  ...{ inputSize: 32, outputSize: 32, minFeatureSize: 8, scale: 4, resDepth: 0, attentionBlocks: 5 },
  ...{ minChannels: 4, maxChannels: 8, hourglassWidth: 4, hourglassDepth: 'feature-size' },
};
const on = new AbortController().signal;

let stop = (): void => undefined;
beforeAll(async () => {
  const engine = await startEngine('wasm');
  stop = engine.dispose;
});
afterAll(() => stop());

test('the maps of all units come in the order of the forward pass, between 0 and 1', async () => {
  const model = createSparnet(small);
  const lr = resize(picture(1), { width: 8, height: 8 });
  const before = tf.memory().numTensors;
  const { sr, maps } = await attentionMaps(model, lr);
  expect(tf.memory().numTensors).toBe(before);
  expect(maps.map(({ name, width, height, channels }) => [name, width, height, channels])).toEqual([
    ['encoder.1', 16, 16, 1],
    ['encoder.2', 8, 8, 1],
    ['res_layers.0', 8, 8, 1],
    ['decoder.0', 16, 16, 1],
    ['decoder.1', 32, 32, 1],
  ]);
  expect(maps.every(({ values }) => values.every((value) => value > 0 && value < 1))).toBe(true);
  expect(sr.data).toEqual((await enhance(model, lr)).data);
  model.dispose();
});

test('3-D attention is shown as the mean over the channels', async () => {
  const model = createSparnet({ ...small, attention: '3d' });
  const seen: { mean: number; channels: number }[] = [];
  const forward = model.forward.bind(model);
  vi.spyOn(model, 'forward').mockImplementation((x, options) =>
    forward(x, {
      attention: (name, map) => {
        const values = map.dataSync<'float32'>();
        seen.push({ mean: values.reduce((a, b) => a + b, 0) / values.length, channels: map.shape[3] });
        options?.attention?.(name, map);
      },
    }),
  );
  const { maps } = await attentionMaps(model, picture(1, 8));
  expect(maps.map(({ channels }) => channels)).toEqual(seen.map(({ channels }) => channels));
  expect(Math.max(...seen.map(({ channels }) => channels))).toBeGreaterThan(1);
  for (const [at, { values }] of maps.entries())
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(seen[at]!.mean, 5);
  model.dispose();
});

test('a network without spatial attention is refused, and leaves no tensor', async () => {
  const model = createSparnet({ ...small, attentionBlocks: 0 });
  const before = tf.memory().numTensors;
  await expect(attentionMaps(model, picture(1, 8))).rejects.toMatchObject({ code: 'unsupported' });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('the picture has a row of faces, then encoder, body and decoder, then the scale', () => {
  const sr = picture(0, 128);
  const maps = [
    mapOf('encoder.1', 2),
    mapOf('res_layers.0', 3),
    mapOf('res_layers.1', 3),
    mapOf('decoder.0', 128),
  ];
  const shown = attentionPicture({ lr: picture(0, 16), sr, maps });
  // A margin of 8, cells of 128 with gaps of 4, lines of text of 14: two above faces, three above maps.
  expect([shown.width, shown.height]).toEqual([
    16 + 2 * 128 + 4,
    16 + (28 + 128) + 3 * (42 + 128) + (14 + 12) + 4 * 12,
  ]);
  expect(part(shown, 8 + 132, 8 + 28, 128)).toEqual([...sr.data]);
  const row = (at: number): number => 8 + 28 + 128 + 12 + at * (42 + 128 + 12) + 42;
  // The least value of a map stands in its first pixel, the greatest in its last.
  for (const at of [0, 1, 2]) {
    expect(part(shown, 8, row(at), 1)).toEqual([...colourOf(0)]);
    expect(part(shown, 8 + 127, row(at) + 127, 1)).toEqual([...colourOf(1)]);
  }
  expect(part(shown, 8 + 132, row(0), 1)).toEqual([24, 24, 24]);
  expect(part(shown, 8 + 132, row(1), 1)).toEqual([...colourOf(0)]);
});

test('a map that is nearly the same everywhere shows no contrast', () => {
  const flat = { ...mapOf('decoder.0', 2), values: Float32Array.of(0.5, 0.5, 0.5, 0.5001) };
  const shown = attentionPicture({ lr: picture(0, 16), sr: picture(0, 128), maps: [flat] });
  const [first, last] = [part(shown, 8, 300, 1), part(shown, 8 + 127, 300, 1)];
  for (const [c, level] of first.entries()) expect(Math.abs(level - last[c]!)).toBeLessThan(3);
});

test('colours become lighter from end to end; what lies outside takes the end', () => {
  const light = Array.from({ length: 101 }, (_, at) => {
    const [r, g, b] = colourOf(at / 100);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  expect(light).toEqual(light.toSorted((a, b) => a - b));
  expect([colourOf(-1), colourOf(2), colourOf(Number.NaN)]).toEqual([colourOf(0), colourOf(1), colourOf(0)]);
  expect([...colourMap([1, 3], { width: 2, height: 1, low: 1, high: 3 }).data]).toEqual([
    ...colourOf(0),
    ...colourOf(1),
  ]);
});

test('text is cut to its width; unknown characters are blank', () => {
  const pixels = (text: string, width: number) =>
    [...tinyText(text, width).data].filter((level) => level > 99).length;
  expect(pixels('8888', 16)).toBe(pixels('88', 16));
  expect(pixels('l', 16)).toBe(pixels('L\u00e9', 16));
  expect(pixels('8', 3)).toBe(0);
});

test('the command takes a photograph, an LR picture or one of many, and says how many maps it drew', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const model = join(tempFolder(), 'model.safetensors');
  const network: Sparnet = createSparnet(small);
  await saveModel(network, model);
  network.dispose();
  const folder = await folderOf(pictures(3));
  const out = join(tempFolder(), 'attention.png');
  const lr = join(tempFolder(), 'lr.png');
  writeFileSync(lr, await encodeImage(resize(picture(2), { width: 8, height: 8 })));
  const same = ['--model', model, '--engine', 'wasm', '--out', out];
  const drawn = async (...face: string[]): Promise<Image> => {
    expect(await attentionCommand.run([...same, ...face], on)).toBe(0);
    return decodeImage(await readFile(out));
  };
  const photograph = await drawn('--image', join(folder, '02.png'));
  expect(isSame(await drawn('--hr', folder, '--index', '2'), photograph)).toBe(true);
  const low = await drawn('--image', lr);
  expect(part(low, 8, 36, 128)).toEqual(part(photograph, 8, 36, 128));
  expect(isSame(low, photograph)).toBe(false);
  expect(stdout.mock.lastCall?.[0]).toBe(`${out}: 5 maps\n`);
  expect(stderr).not.toHaveBeenCalled();

  // A photograph that is smaller than the network's has no original to show beside LR and SR.
  const odd = join(folder, 'odd.png');
  writeFileSync(odd, await encodeImage(picture(2, 20)));
  const enlarged = await drawn('--image', odd);
  expect(stderr.mock.lastCall?.[0]).toMatch(/odd\.png: 20 x 20 pixels .* 8 x 8: taken as a photograph, /);
  expect([photograph.width, enlarged.width]).toEqual([16 + 3 * 128 + 8, 16 + 2 * 128 + 4]);
  await expect(drawn('--hr', folder, '--index', '9')).rejects.toThrow('expected --index from 0 to 3, got 9');
  await expect(drawn('--model', '/nowhere', '--image', odd)).rejects.toThrow(/^no model file \/nowhere; /);
  stdout.mockRestore();
  stderr.mockRestore();
});

test.each([
  [['--image', 'a.png', '--out', 'b.png'], /--model/],
  [['--model', 'm', '--image', 'a.png'], /--out/],
  [['--model', 'm', '--out', 'b.png'], /--image FILE, or --hr/],
  [['--model', 'm', '--out', 'b.png', '--image', 'a.png', '--hr', 'c'], /either --image/],
  [['--model', 'm', '--out', 'b.png', '--image', 'a.png', '--index', '1'], /--hr too/],
  [
    ['--model', 'm', '--out', 'b.png', '--image', 'a.png', '--engine', 'gpu'],
    /auto, native, webgpu, wasm, cpu/,
  ],
])('refused: %j', async (argv, message) => {
  const error: unknown = await attentionCommand.run(argv, on).catch((reason: unknown) => reason);
  expect(isSparnetError(error, 'bad-argument')).toBe(true);
  expect((error as Error).message).toMatch(message);
});

/** A map whose values rise from its first place to its last. */
function mapOf(name: string, side: number): AttentionMap {
  const values = Float32Array.from({ length: side * side }, (_, at) => at / (side * side));
  return { name, width: side, height: side, channels: 1, values };
}

/** `toEqual` takes seconds for so many samples. */
function isSame(a: Image, b: Image): boolean {
  return Buffer.compare(Buffer.from(a.data), Buffer.from(b.data)) === 0;
}

/** The samples of a square part of a picture. */
function part({ width, data }: Image, left: number, top: number, side: number): number[] {
  return Array.from({ length: side }, (_, y) => {
    const start = 3 * ((top + y) * width + left);
    return [...data.subarray(start, start + 3 * side)];
  }).flat();
}
