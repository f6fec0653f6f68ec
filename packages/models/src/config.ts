import { invalid } from '@sparnet/core';
import {
  activationTypes,
  attentionTypes,
  normGroups,
  normTypes,
  type ActivationType,
  type AttentionType,
  type NormType,
} from '@sparnet/layers';
import { planBlocks, type BlockPlan } from './block-plan.ts';
import { integer, oneOf, trueOrFalse, withoutUndefined } from './config-value.ts';

/** What stands where the paper has Face Attention Units (`fau`). */
export const blockTypes = ['fau', 'channel-attention', 'cbam'] as const;
export type BlockType = (typeof blockTypes)[number];

/**
 * How often the hourglass of a Face Attention Unit halves its features: `released` counts from log2(64 / bottleneck)
 * in the first down block, one less a down block, one more an up block; `feature-size` is log2(size / bottleneck) of
 * each unit's own features. Both give the same for 128 pixels in and out.
 */
export const depthRules = ['released', 'feature-size'] as const;
export type DepthRule = (typeof depthRules)[number];

/** A SPARNet, as plain JSON. */
export interface SparnetConfig {
  architecture: 'sparnet';
  /** The LR image is `outputSize / scale` pixels wide and high. */
  scale: number;
  /**
   * `outputSize`: the network takes the LR image enlarged by bicubic. `outputSize / scale`: it takes the LR image
   * itself. Between the two: the LR image enlarged by bicubic so far, and the network does the rest.
   */
  inputSize: number;
  outputSize: number;
  /** The smallest feature size. Times a power of two it gives `inputSize` and `outputSize`. */
  minFeatureSize: number;
  minChannels: number;
  maxChannels: number;
  /** The blocks at the smallest size are this plus 3, less one for each down block. */
  resDepth: number;
  activation: ActivationType;
  norm: NormType;
  /** Spectral norm in every convolution. */
  spectralNorm: boolean;
  block: BlockType;
  /** Of `fau` blocks: one map for all channels, or one a channel. */
  attention: AttentionType;
  /** This many blocks, counted from the output, have attention; the others are plain residual blocks. */
  attentionBlocks: number;
  /** Side of the smallest features in an hourglass. */
  bottleneckSize: number;
  /** Channels inside an hourglass. */
  hourglassWidth: number;
  hourglassDepth: DepthRule;
  /**
   * Add the input, enlarged by bicubic (PyTorch's, a = -0.75), to the output: the network then learns what bicubic lacks. Not in the paper;
   * a small network is ahead of bicubic within minutes with it.
   */
  globalSkip: boolean;
}

/** A configuration with defaults left out: those of `sparnet-v16-s4`. */
export type SparnetConfigInput = Partial<SparnetConfig>;

const defaults: Omit<SparnetConfig, 'attentionBlocks'> = {
  architecture: 'sparnet',
  scale: 8,
  inputSize: 128,
  outputSize: 128,
  minFeatureSize: 16,
  minChannels: 32,
  maxChannels: 128,
  resDepth: 10,
  activation: 'leaky-relu',
  norm: 'batch',
  spectralNorm: false,
  block: 'fau',
  attention: '2d',
  bottleneckSize: 4,
  hourglassWidth: 64,
  hourglassDepth: 'released',
  globalSkip: false,
};

/**
 * A whole, checked configuration from one with defaults left out. All blocks have attention unless `attentionBlocks`
 * says otherwise.
 *
 * @throws SparnetError `bad-config` that names the key, what it must be and what it is.
 */
export function resolveConfig(input: SparnetConfigInput): SparnetConfig {
  if (typeof input !== 'object' || input === null) throw invalid('config', 'an object', input, 'bad-config');
  const config = { attentionBlocks: Infinity, ...defaults, ...withoutUndefined(input) };
  for (const key of Object.keys(config))
    oneOf('config key', key, ['attentionBlocks', ...Object.keys(defaults)]);
  oneOf('architecture', config.architecture, ['sparnet']);
  oneOf('activation', config.activation, activationTypes);
  oneOf('norm', config.norm, normTypes);
  oneOf('block', config.block, blockTypes);
  oneOf('attention', config.attention, attentionTypes);
  oneOf('hourglassDepth', config.hourglassDepth, depthRules);
  trueOrFalse('spectralNorm', config.spectralNorm);
  trueOrFalse('globalSkip', config.globalSkip);
  for (const key of ['minFeatureSize', 'minChannels', 'maxChannels', 'hourglassWidth', 'scale'] as const) {
    integer(key, config[key], 1, largest);
  }
  integer('maxChannels', config.maxChannels, config.minChannels);
  powerOfTwoTimes(config.minFeatureSize, 'minFeatureSize', 'inputSize', config.inputSize);
  powerOfTwoTimes(config.minFeatureSize, 'minFeatureSize', 'outputSize', config.outputSize);
  powerOfTwoTimes(1, '1', 'bottleneckSize', config.bottleneckSize);
  checkScale(config);
  integer('resDepth', config.resDepth, Math.log2(config.inputSize / config.minFeatureSize) - 3, deepest);
  return checkBlocks(config);
}

/** Far above any network of use: a file's configuration must not make us allocate without end. */
const largest = 8192;
const deepest = 256;

function checkScale({ scale, inputSize, outputSize }: SparnetConfig): void {
  if (inputSize > outputSize)
    throw invalid('inputSize', `at most outputSize ${outputSize}`, inputSize, 'bad-config');
  if (outputSize % scale !== 0)
    throw invalid('scale', `a divisor of outputSize ${outputSize}`, scale, 'bad-config');
  if (inputSize * scale < outputSize)
    throw invalid(
      'inputSize',
      `at least outputSize / scale = ${outputSize / scale}`,
      inputSize,
      'bad-config',
    );
}

function checkBlocks(config: SparnetConfig): SparnetConfig {
  const blocks = planBlocks(config);
  const all = config.attentionBlocks === Infinity;
  if (!all) integer('attentionBlocks', config.attentionBlocks, 0, blocks.length);
  for (const block of blocks) {
    checkHourglass(block, config);
    if (config.norm === 'group') checkGroups(block, config);
  }
  return { ...config, attentionBlocks: all ? blocks.length : config.attentionBlocks };
}

function checkHourglass({ name, hourglassDepth, outputSize }: BlockPlan, config: SparnetConfig): void {
  const smallest = outputSize / 2 ** hourglassDepth;
  if (smallest >= 2) return;
  const wanted = `a size that leaves the hourglass of ${name} at least 2x2 (not ${smallest}x${smallest})`;
  const otherRule = config.hourglassDepth === 'released' && config.bottleneckSize >= 2;
  throw invalid(
    'bottleneckSize',
    otherRule ? `${wanted}, or hourglassDepth 'feature-size',` : wanted,
    config.bottleneckSize,
    'bad-config',
  );
}

function checkGroups(
  { name, inChannels, outChannels, hourglassDepth }: BlockPlan,
  config: SparnetConfig,
): void {
  const { minChannels, hourglassWidth } = config;
  const channels = [inChannels, outChannels].find((count) => count % normGroups !== 0);
  if (channels !== undefined) {
    const key = channels === minChannels ? 'minChannels' : 'maxChannels';
    const wanted = `a value that gives ${name} a multiple of ${normGroups} channels for norm group (not ${channels})`;
    throw invalid(key, wanted, config[key], 'bad-config');
  }
  if (hourglassDepth > 0 && hourglassWidth % normGroups !== 0)
    throw invalid(
      'hourglassWidth',
      `a multiple of ${normGroups} for norm group`,
      hourglassWidth,
      'bad-config',
    );
}

function powerOfTwoTimes(unit: number, unitName: string, key: string, value: number): void {
  if (Number.isSafeInteger(value) && Number.isInteger(Math.log2(value / unit)) && value >= unit) return;
  throw invalid(key, `${unitName} times a power of two`, value, 'bad-config');
}
