import { preset, presetNames, resolveConfig } from '@sparnet/models';
import { expect, test } from 'vitest';
import { networkConfig } from './network-config.ts';

test.each(presetNames)('%s at its own scale is the preset', (name) => {
  expect(networkConfig({ preset: name, network: {}, scale: 8 })).toEqual(preset(name));
});

test('a network that takes the LR image takes that of the scale', () => {
  const sizes = [4, 8, 16].map((scale) => {
    const { inputSize, outputSize, minFeatureSize } = networkConfig({
      preset: 'sparnet-tiny',
      network: {},
      scale,
    });
    return [inputSize, outputSize, minFeatureSize];
  });
  expect(sizes).toEqual([
    [32, 128, 16],
    [16, 128, 16],
    [8, 128, 8],
  ]);
});

test('all blocks attend also when their number changes; a number that was named stays', () => {
  const network = { resDepth: 1 };
  expect(networkConfig({ preset: 'sparnet-v16', network, scale: 8 })).toEqual(resolveConfig(network));
  expect(networkConfig({ preset: 'sparnet-v4', network, scale: 8 }).attentionBlocks).toBe(4);
  expect(networkConfig({ preset: 'sparnet-v0', network, scale: 8 }).attentionBlocks).toBe(0);
});

test.each([5, 'norm', null, [1]])('%j is no change of a network', (network) => {
  expect(() => networkConfig({ preset: 'sparnet-tiny', network, scale: 8 })).toThrow('network');
});
