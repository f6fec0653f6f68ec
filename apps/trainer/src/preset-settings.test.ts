import { expect, test } from 'vitest';
import { trainOptions } from './options.ts';
import { withPresetSettings } from './preset-settings.ts';
import { checkConfig } from './run/check-config.ts';

test('a preset of SPARNetHD brings its settings; what is given wins, what is undefined does not', () => {
  const options = withPresetSettings({ preset: 'sparnethd', batch: 8, lr: undefined as never });
  expect(checkConfig(options, trainOptions)).toMatchObject({
    batch: 8,
    shard: 1,
    lr: 1e-4,
    discriminatorLr: 4e-4,
    beta1: 0.5,
    pixelWeight: 100,
    featureMatchingWeight: 10,
    perceptual: 'vgg19',
    checkpointing: true,
    emaOrder: 'before',
  });
});

test('at small sizes the average has a short memory at first', () => {
  expect(withPresetSettings({ preset: 'sparnethd-128' })).toMatchObject({ emaOrder: 'after', batch: 2 });
  expect(withPresetSettings({ preset: 'sparnethd-256' })).toMatchObject({ emaOrder: 'after' });
});

test('other presets, and none, bring nothing', () => {
  expect(withPresetSettings({ preset: 'sparnet-tiny', steps: 3 })).toEqual({
    preset: 'sparnet-tiny',
    steps: 3,
  });
  expect(withPresetSettings({})).toEqual({});
});
