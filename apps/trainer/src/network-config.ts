import { invalid } from '@sparnet/core';
import { preset, resolveConfig, type SparnetConfig, type SparnetConfigInput } from '@sparnet/models';
import type { TrainConfig } from './options.ts';

/** The features of a network that takes a small LR image itself are never larger than it. */
const largestSmallestFeatures = 16;

/**
 * The network of a run: the preset at the run's scale, with the changes of `network`. A preset that takes the LR image
 * itself takes the one of that scale.
 *
 * @throws SparnetError `bad-config` that names the key.
 */
export function networkConfig({
  preset: name,
  network,
  scale,
}: Pick<TrainConfig, 'preset' | 'network' | 'scale'>): SparnetConfig {
  const base = preset(name);
  // A network of scale 1 takes pictures of any size, enlarged.
  const atScale: SparnetConfigInput = base.scale === 1 ? { ...base } : { ...base, scale };
  if (base.inputSize < base.outputSize) {
    atScale.inputSize = base.outputSize / scale;
    atScale.minFeatureSize = Math.min(largestSmallestFeatures, atScale.inputSize);
  }
  // The number of blocks may change, so that "all of them" must be said anew.
  if (attendsEverywhere(base)) delete atScale.attentionBlocks;
  if (typeof network !== 'object' || network === null || Array.isArray(network)) {
    throw invalid('network', 'an object such as {"maxChannels":64}', network, 'bad-config');
  }
  return resolveConfig({ ...atScale, ...network });
}

function attendsEverywhere({ attentionBlocks, ...rest }: SparnetConfig): boolean {
  return resolveConfig(rest).attentionBlocks === attentionBlocks;
}
