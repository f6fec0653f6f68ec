import { invalid } from '@sparnet/core';
import { normGroups, normTypes, type NormType } from '@sparnet/layers';
import { integer, oneOf, trueOrFalse, withoutUndefined } from './config-value.ts';

/** The discriminators of SPARNetHD, as plain JSON. */
export interface DiscriminatorConfig {
  architecture: 'multiscale-discriminator';
  /** How many discriminators: the first sees the whole image, each further one the image halved once more. */
  scales: number;
  /** How often each halves what it sees. */
  halvings: number;
  /** Channels of the first layer; they double with each halving. */
  baseChannels: number;
  maxChannels: number;
  norm: NormType;
  spectralNorm: boolean;
}

/** A configuration with defaults left out: those of `sparnethd`. */
export type DiscriminatorConfigInput = Partial<DiscriminatorConfig>;

/** As the release trained SPARNetHD. */
const defaults: DiscriminatorConfig = {
  architecture: 'multiscale-discriminator',
  scales: 3,
  halvings: 4,
  baseChannels: 64,
  maxChannels: 512,
  norm: 'instance',
  spectralNorm: true,
};

/** Far above any discriminator of use: a file's configuration must not make us allocate without end. */
const most = { scales: 16, halvings: 16, channels: 8192 };

/**
 * A whole, checked configuration from one with defaults left out.
 *
 * @throws SparnetError `bad-config` that names the key, what it must be and what it is.
 */
export function resolveDiscriminatorConfig(input: DiscriminatorConfigInput): DiscriminatorConfig {
  if (typeof input !== 'object' || input === null) throw invalid('config', 'an object', input, 'bad-config');
  const config = { ...defaults, ...withoutUndefined(input) };
  for (const key of Object.keys(config)) oneOf('config key', key, Object.keys(defaults));
  oneOf('architecture', config.architecture, [defaults.architecture]);
  oneOf('norm', config.norm, normTypes);
  trueOrFalse('spectralNorm', config.spectralNorm);
  integer('scales', config.scales, 1, most.scales);
  integer('halvings', config.halvings, 0, most.halvings);
  integer('baseChannels', config.baseChannels, 1, most.channels);
  integer('maxChannels', config.maxChannels, config.baseChannels, most.channels);
  if (config.norm === 'group') checkGroups(config);
  return config;
}

/** Channels of each layer in front of the score. */
export function layerChannels({ halvings, baseChannels, maxChannels }: DiscriminatorConfig): number[] {
  return Array.from({ length: halvings + 1 }, (_, index) => Math.min(baseChannels * 2 ** index, maxChannels));
}

/** Pixels of the smallest side of an image that leaves every discriminator's score layer 3x3 to look at. */
export function leastImageSize({ scales, halvings }: DiscriminatorConfig): number {
  return (2 ** (halvings + 1) + 1) * 2 ** (scales - 1);
}

function checkGroups(config: DiscriminatorConfig): void {
  // The first layer has no norm.
  const channels = layerChannels(config)
    .slice(1)
    .find((count) => count % normGroups !== 0);
  if (channels === undefined) return;
  const key = channels === config.maxChannels ? 'maxChannels' : 'baseChannels';
  const wanted = `a value that gives layers a multiple of ${normGroups} channels for norm group (not ${channels})`;
  throw invalid(key, wanted, config[key], 'bad-config');
}
