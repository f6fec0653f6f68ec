import { readFile } from 'node:fs/promises';
import { useEngine } from '@sparnet/engine';
import { shapeOnDisk } from '@sparnet/layers';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  createSparnet,
  discriminatorPreset,
  discriminatorPresetNames,
  planBlocks,
  preset,
  presetNames,
  summary,
  summaryText,
  type DiscriminatorPresetName,
  type PresetName,
} from './index.ts';

interface Official {
  trainable_parameters: number;
  tensors: number;
  keys: Record<string, number[]>;
  fau_order: {
    path: string;
    c_in: number;
    c_out: number;
    scale: string;
    hg_depth: number;
    in_size: number;
    out_size: number;
  }[];
}

const { presets } = JSON.parse(
  await readFile(new URL('../../../vectors/official-checkpoints/keys.json', import.meta.url), 'utf8'),
) as { presets: Record<string, Official> };

test.each([
  ['sparnet-v16-s4', 'SPARNet-V16-S4'],
  ['sparnet-light-3d', 'SPARNet-Light-Attn3D'],
  ['sparnet-s2', 'SPARNet-V16-S2'],
  ['sparnet-s8', 'SPARNet-V16-S8'],
  ['sparnet-s16', 'SPARNet-V16-S16'],
  ['sparnethd', 'SPARNetHD-Attn2D'],
  ['sparnethd-3d', 'SPARNetHD-Attn3D'],
] as const)('%s is the released %s', (name, official) => {
  const wanted = presets[official] as Official;
  const blocks = planBlocks(preset(name)).map((plan) => ({
    path: plan.name,
    c_in: plan.inChannels,
    c_out: plan.outChannels,
    scale: plan.scale,
    hg_depth: plan.hourglassDepth,
    in_size: plan.inputSize,
    out_size: plan.outputSize,
  }));
  expect(wanted.fau_order).toMatchObject(blocks);
  const model = createSparnet(preset(name), { variables: shapeOnly });
  const shapes = model
    .slots()
    .map(({ name: key, variable, layout }) => [key, shapeOnDisk(variable.shape, layout)]);
  expect(shapes).toEqual(Object.entries(wanted.keys));
  expect(model.parameterCount()).toBe(wanted.trainable_parameters);
});

test.each([
  ['sparnet-v16-s4', 10_518_867, 7.13],
  ['sparnet-light-3d', 5_242_211, 6.876],
  ['sparnet-s2', 12_294_483, 7.14],
  ['sparnet-s8', 8_743_251, 7.07],
  ['sparnet-s16', 5_743_368, 6.61],
  ['sparnethd', 85_793_412, 723.55],
  ['sparnethd-3d', 90_093_793, 767.23],
] as const)('%s has %i parameters and %f billion multiply-adds', (name, parameters, billions) => {
  const found = summary(preset(name));
  expect(found.parameters).toBe(parameters);
  expect(Math.abs(found.multiplyAdds / 1e9 - billions)).toBeLessThan(0.005);
  expect(found.output).toEqual([preset(name).outputSize, preset(name).outputSize, 3]);
});

test('the summary of V16-S4 counts 195 convolutions with 46.5 MiB of outputs', () => {
  const { layers, activationBytes } = summary(preset('sparnet-v16-s4'));
  expect(layers.filter(({ kind }) => kind === 'convolution')).toHaveLength(195);
  expect(activationBytes / 2 ** 20).toBeCloseTo(46.5, 1);
});

test('a summary allocates nothing, also at another size', async () => {
  await useEngine('cpu');
  const before = tf.memory().numTensors;
  const [whole, part] = [summary(preset('cbam')), summary(preset('cbam'), { size: [64, 32] })];
  expect(tf.memory().numTensors).toBe(before);
  expect(part.output).toEqual([64, 32, 3]);
  expect(part.parameters).toBe(whole.parameters);
  expect(part.multiplyAdds / whole.multiplyAdds).toBeCloseTo(1 / 8, 3);
});

test('a summary refuses sizes that the network can not take', () => {
  const tiny = preset('sparnet-tiny');
  expect(() => summary(tiny, { size: [16, 0] })).toThrow('for width, got 0');
  expect(() => summary(tiny, { size: [1.5, 16] })).toThrow('for height, got 1.5');
  expect(() => summary(tiny, { size: [4, 16] })).toThrow(/at least 2 for .* res_layers.0.att_func.*, got 1/);
  expect(summary(tiny, { size: [5, 16] }).output).toEqual([40, 128, 3]);
});

test('the text of a summary has a line a layer and the sums', () => {
  const found = summary(preset('sparnet-v16-s4'));
  const lines = summaryText(found).split('\n');
  expect(lines).toHaveLength(found.layers.length + 3);
  expect(lines[1]).toMatch(/^encoder\.0 +128x128x32 +896 +14,155,776$/);
  expect(lines.at(-2)).toMatch(/layers, input 128x128x3 +128x128x3 +10,518,867 +7,130,234,880$/);
  expect(lines.at(-1)).toMatch(/^46\.5 MiB/);
});

test.each([0, 1, 2, 4, 8] as const)('V%i lacks only attention of V16', (count) => {
  const keysOf = (name: PresetName): string[] => {
    const model = createSparnet(preset(name), { variables: shapeOnly });
    return model.slots().map((slot) => slot.name);
  };
  const part = new Set(keysOf(`sparnet-v${count}`));
  const whole = keysOf('sparnet-v16');
  const absent = whole.filter((key) => !part.has(key));
  expect(part.size + absent.length).toBe(whole.length);
  expect(absent.filter((key) => !key.includes('.att_func.'))).toEqual([]);
  expect(absent).not.toEqual([]);
});

test('attention in fewer blocks costs fewer parameters, and names that mean the same agree', () => {
  const counts = (
    ['sparnet-v0', 'sparnet-v1', 'sparnet-v2', 'sparnet-v4', 'sparnet-v8', 'sparnet-v16'] as const
  ).map((name) => summary(preset(name)).parameters);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(new Set(counts).size).toBe(counts.length);
  expect(preset('baseline')).toEqual(preset('sparnet-v0'));
  expect(preset('sparnet-s4')).toEqual(preset('sparnet-v16-s4'));
  expect(preset('sparnet-v16')).toEqual(preset('sparnet-v16-s4'));
});

test('every preset runs from its LR image to the output size', () => {
  const sizes = presetNames.map((name) => {
    const { input, output } = summary(preset(name));
    return [name, ...input, ...output];
  });
  expect(sizes).toEqual(
    presetNames.map((name) => {
      const { inputSize, outputSize } = preset(name);
      return [name, inputSize, inputSize, 3, outputSize, outputSize, 3];
    }),
  );
  expect(sizes.filter(([, , , , side]) => side !== 128).map(([name]) => name)).toEqual([
    'sparnethd',
    'sparnethd-3d',
    'sparnethd-256',
  ]);
});

test.each(discriminatorPresetNames)('the discriminators of %s can judge its output', async (name) => {
  const { outputSize, spectralNorm } = preset(name);
  const config = discriminatorPreset(name);
  // What is left for the score of the smallest: it takes 3x3.
  const { scales, halvings } = config;
  expect(outputSize / 2 ** (scales - 1 + halvings)).toBeGreaterThanOrEqual(3);
  expect(spectralNorm && config.spectralNorm).toBe(true);
});

test('every preset with spectral norm has discriminators, others are refused', () => {
  expect(discriminatorPresetNames).toEqual(presetNames.filter((name) => preset(name).spectralNorm));
  expect(() => discriminatorPreset('cbam' as DiscriminatorPresetName)).toThrow(/sparnethd.*got "cbam"/);
});

test('the tiny preset takes the LR image, with hourglasses as deep as its features allow', () => {
  const plans = planBlocks(preset('sparnet-tiny'));
  expect(plans.map(({ outputSize }) => outputSize)).toEqual([16, 16, 16, 32, 64, 128]);
  expect(plans.map(({ hourglassDepth }) => hourglassDepth)).toEqual([2, 2, 2, 3, 4, 5]);
  expect(plans.map(({ outChannels }) => outChannels)).toEqual([48, 48, 48, 24, 16, 16]);
});

test('both rules for the hourglass agree on V16-S4', () => {
  const config = preset('sparnet-v16-s4');
  expect(planBlocks({ ...config, hourglassDepth: 'feature-size' })).toEqual(planBlocks(config));
});

test('an unknown preset is refused with the known ones', () => {
  expect(() => preset('sparnet-v3' as PresetName)).toThrow(/sparnet-v16-s4.*got "sparnet-v3"/);
});

function shapeOnly({ shape }: { shape: number[] }): tf.Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, size, dispose() {} } as unknown as tf.Variable;
}
