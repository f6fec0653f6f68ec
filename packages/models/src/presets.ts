import { checkOneOf } from '@sparnet/core';
import { resolveConfig, type SparnetConfig, type SparnetConfigInput } from './config.ts';

const hd = { scale: 1, norm: 'instance', spectralNorm: true } satisfies SparnetConfigInput;
const released512 = {
  ...hd,
  inputSize: 512,
  outputSize: 512,
  minFeatureSize: 32,
  maxChannels: 512,
} satisfies SparnetConfigInput;
/** 24, 48 and 96 channels; 4 blocks at the smallest size. */
const narrow = {
  minChannels: 24,
  maxChannels: 96,
  resDepth: 4,
  hourglassWidth: 32,
} satisfies SparnetConfigInput;

/** What each preset changes of `sparnet-v16-s4`: 16 blocks, all with attention, bottleneck 4x4. */
const changes = {
  'sparnet-v16-s4': {},
  'sparnet-light-3d': { resDepth: 1, attention: '3d' },
  // Attention in the last N blocks.
  'sparnet-v0': { attentionBlocks: 0 },
  'sparnet-v1': { attentionBlocks: 1 },
  'sparnet-v2': { attentionBlocks: 2 },
  'sparnet-v4': { attentionBlocks: 4 },
  'sparnet-v8': { attentionBlocks: 8 },
  // The size of an hourglass' smallest features (S).
  'sparnet-s2': { bottleneckSize: 2 },
  'sparnet-s8': { bottleneckSize: 8 },
  'sparnet-s16': { bottleneckSize: 16 },
  // What spatial attention is compared with.
  'channel-attention': { block: 'channel-attention' },
  cbam: { block: 'cbam' },
  // Small and fed with the LR image itself: for minutes of training, and for the browser.
  'sparnet-tiny': {
    inputSize: 16,
    minChannels: 16,
    maxChannels: 48,
    resDepth: 0,
    hourglassWidth: 16,
    hourglassDepth: 'feature-size',
    globalSkip: true,
  },
  // SPARNetHD. It learns to undo any degradation: an LR image of any size is enlarged to the output size (scale 1).
  sparnethd: released512,
  'sparnethd-3d': { ...released512, attention: '3d' },
  // The same recipe at sizes that train on a laptop.
  'sparnethd-128': { ...hd, ...narrow, inputSize: 128, outputSize: 128 },
  'sparnethd-256': { ...hd, ...narrow, inputSize: 256, outputSize: 256, minFeatureSize: 32 },
} satisfies Record<string, SparnetConfigInput>;

/** Other names of the same networks. */
const aliases = {
  'sparnet-v16': 'sparnet-v16-s4',
  'sparnet-s4': 'sparnet-v16-s4',
  baseline: 'sparnet-v0',
} satisfies Record<string, keyof typeof changes>;

export type PresetName = keyof typeof changes | keyof typeof aliases;

/** The names that {@link preset} knows, aliases last. */
export const presetNames = [...Object.keys(changes), ...Object.keys(aliases)] as readonly PresetName[];

/**
 * The whole configuration of a named network.
 *
 * @throws SparnetError `bad-argument` that lists the names when it is unknown.
 */
export function preset(name: PresetName): SparnetConfig {
  checkOneOf('preset', name, presetNames);
  const canonical = name in aliases ? aliases[name as keyof typeof aliases] : (name as keyof typeof changes);
  return resolveConfig(changes[canonical]);
}
