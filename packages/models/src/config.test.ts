import { isSparnetError } from '@sparnet/core';
import { expect, test } from 'vitest';
import { resolveConfig } from './index.ts';

test.each<[string, Record<string, unknown>]>([
  ['resDepth', { resDepth: 5e7 }],
  ['minChannels', { minChannels: 1e15, maxChannels: 1e15 }],
  ['expected one of sparnet for architecture, got "unet"', { architecture: 'unet' }],
  ['expected one of batch, instance, group, pixel, none for norm, got "bn"', { norm: 'bn' }],
  ['for activation, got "gelu"', { activation: 'gelu' }],
  ['for block, got "spar"', { block: 'spar' }],
  ['for attention, got 3', { attention: 3 }],
  ['for hourglassDepth, got 4', { hourglassDepth: 4 }],
  ['expected true or false for spectralNorm, got "yes"', { spectralNorm: 'yes' }],
  ['for config key, got "minChanels"', { minChanels: 8 }],
  ['expected integer of at least 32 for maxChannels, got 16', { maxChannels: 16 }],
  ['expected integer between 1 and 8192 for minChannels, got 1.5', { minChannels: 1.5 }],
  ['expected integer between 1 and 8192 for hourglassWidth, got "64"', { hourglassWidth: '64' }],
  ['expected minFeatureSize times a power of two for inputSize, got 96', { inputSize: 96 }],
  ['expected minFeatureSize times a power of two for outputSize, got 8', { outputSize: 8 }],
  ['expected at most outputSize 128 for inputSize, got 256', { inputSize: 256 }],
  ['expected a divisor of outputSize 128 for scale, got 5', { scale: 5 }],
  ['expected at least outputSize / scale = 16 for inputSize, got 8', { inputSize: 8, minFeatureSize: 8 }],
  ['expected integer between 0 and 256 for resDepth, got -1', { resDepth: -1 }],
  ['expected integer between 0 and 16 for attentionBlocks, got 17', { attentionBlocks: 17 }],
  ['expected 1 times a power of two for bottleneckSize, got 3', { bottleneckSize: 3 }],
  ['at least 2x2 (not 1x1) for bottleneckSize, got 1', { bottleneckSize: 1 }],
  ["(not 0.5x0.5), or hourglassDepth 'feature-size', for bottleneckSize, got 4", { inputSize: 16 }],
  [
    'gives encoder.1 a multiple of 32 channels for norm group (not 48) for minChannels, got 48',
    { norm: 'group', minChannels: 48, maxChannels: 96 },
  ],
  [
    'gives encoder.1 a multiple of 32 channels for norm group (not 40) for maxChannels, got 160',
    { norm: 'group', minChannels: 8, maxChannels: 160 },
  ],
  ['a multiple of 32 for norm group for hourglassWidth, got 16', { norm: 'group', hourglassWidth: 16 }],
])('%s', (message, input) => {
  let error: unknown;
  try {
    resolveConfig(input);
  } catch (caught) {
    error = caught;
  }
  expect(isSparnetError(error, 'bad-config')).toBe(true);
  expect((error as Error).message).toContain(message);
});

test('defaults are filled in, given values kept', () => {
  const config = resolveConfig({ norm: 'instance', attentionBlocks: 4 });
  expect(config).toMatchObject({
    architecture: 'sparnet',
    norm: 'instance',
    attentionBlocks: 4,
    inputSize: 128,
  });
  expect(resolveConfig(config)).toEqual(config);
  expect(resolveConfig({}).attentionBlocks).toBe(16);
  // Without an hourglass its width does not matter.
  expect(resolveConfig({ norm: 'group', hourglassWidth: 16, attentionBlocks: 0 }).norm).toBe('group');
  expect(JSON.parse(JSON.stringify(config))).toEqual(config);
});
