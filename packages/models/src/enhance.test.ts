import { isSparnetError } from '@sparnet/core';
import { useEngine } from '@sparnet/engine';
import { flipHorizontal, floatsToImage, imageToFloats, resize, type Image } from '@sparnet/image';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSparnet, enhance, networkInput, resolveConfig, type SparnetConfigInput } from './index.ts';

/** Fed with the LR image itself, 8x8 to 16x16. */
const direct: SparnetConfigInput = {
  inputSize: 8,
  outputSize: 16,
  scale: 2,
  minFeatureSize: 8,
  minChannels: 4,
  maxChannels: 8,
  resDepth: -3,
  hourglassWidth: 4,
  hourglassDepth: 'feature-size',
};
/** The same task with the LR image enlarged first. */
const enlarged: SparnetConfigInput = { ...direct, inputSize: 16, resDepth: -2 };

describe.each(['cpu', 'wasm'] as const)('on %s', (engineName) => {
  beforeAll(async () => {
    await useEngine(engineName);
  });

  test.each([
    ['the LR image itself', direct, 8],
    ['the LR image enlarged', enlarged, 16],
    ['the LR image enlarged to half the output', { ...direct, scale: 4 }, 8],
  ] as const)('a network that takes %s', async (_, config, side) => {
    const model = createSparnet(config, { seed: 3 });
    const lrSide = 16 / (config.scale ?? 8);
    const lr = picture(lrSide, lrSide, 3);
    const before = tf.memory().numTensors;
    const found = await enhance(model, lr);
    expect(tf.memory().numTensors).toBe(before);
    const input = side === lrSide ? lr : resize(lr, { width: side, height: side });
    const output = tf.tidy(() => model.forward(tf.tensor4d(imageToFloats(input), [1, side, side, 3])));
    expect(found).toEqual(floatsToImage((await output.data()) as Float32Array, { width: 16, height: 16 }));
    output.dispose();
    model.dispose();
  });

  test('the flip ensemble treats a face and its mirror image alike: the mean of both, in floats', async () => {
    const model = createSparnet(direct, { seed: 3 });
    const lr = picture(8, 8, 3);
    const before = tf.memory().numTensors;
    const [found, ofMirrored] = [
      await enhance(model, lr, { ensemble: 'flip' }),
      await enhance(model, flipHorizontal(lr), { ensemble: 'flip' }),
    ];
    expect(tf.memory().numTensors).toBe(before);
    expect(flipHorizontal(ofMirrored)).toEqual(found);
    const outputs = [lr, flipHorizontal(lr)].map((image) =>
      tf.tidy(() => model.forward(tf.tensor4d(imageToFloats(image), [1, 8, 8, 3])).dataSync()),
    ) as [Float32Array, Float32Array];
    const mean = outputs[0].map((value, at) => {
      const [row, column, channel] = [Math.floor(at / 48), Math.floor(at / 3) % 16, at % 3];
      return (value + outputs[1][(row * 16 + 15 - column) * 3 + channel]!) / 2;
    });
    expect(found).toEqual(floatsToImage(mean, { width: 16, height: 16 }));
    expect(found).not.toEqual(await enhance(model, lr));
    await expect(enhance(model, lr, { ensemble: 'rotate' as never })).rejects.toThrow(
      'expected one of none, flip for ensemble, got "rotate"',
    );
    model.dispose();
  });

  test('an output that is not a number is an error, and no tensor stays', async () => {
    const model = createSparnet(direct);
    const state = await model.stateDict();
    state['out_conv.conv2d.bias'] = { dtype: 'F32', shape: [3], data: new Float32Array(3).fill(Number.NaN) };
    model.loadStateDict(state);
    const before = tf.memory().numTensors;
    const error: unknown = await enhance(model, picture(8, 8, 3)).catch((reason: unknown) => reason);
    expect(isSparnetError(error, 'bad-image')).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

test('grey, alpha and other sizes become the RGB image that the network takes', () => {
  const config = resolveConfig(enlarged);
  const grey = picture(8, 8, 1);
  const rgb = {
    ...grey,
    channels: 3 as const,
    data: Uint8Array.from({ length: 192 }, (_, i) => grey.data[Math.floor(i / 3)]!),
  };
  expect(networkInput(grey, config)).toEqual(networkInput(rgb, config));
  const large = picture(20, 13, 4);
  const small = resize(
    { ...large, channels: 3, data: large.data.filter((_, index) => index % 4 < 3) },
    { width: 8, height: 8 },
  );
  expect(networkInput(large, config)).toEqual(resize(small, { width: 16, height: 16 }));
  expect(networkInput(large, resolveConfig(direct))).toEqual(small);
});

/** A gradient; alpha is opaque. */
function picture(width: number, height: number, channels: Image['channels']): Image {
  const data = Uint8Array.from({ length: width * height * channels }, (_, index) =>
    channels === 4 && index % 4 === 3 ? 255 : (index * 37) % 251,
  );
  return { width, height, channels, data };
}
