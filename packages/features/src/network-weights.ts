import { checkOneOf, invalid } from '@sparnet/core';
import type { StateDict } from '@sparnet/weights';
import { readWeights } from '@sparnet/weights/node';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { downloadFile, notFetched } from './download-file.ts';
import { featureNetworkNames, type FeatureNetworkName } from './feature-network.ts';
import { networkFiles } from './network-files.ts';
import { weightsFolder } from './weights-folder.ts';

export interface NetworkWeightsOptions {
  /** A `.safetensors` or `.pth` file; then nothing is looked up or fetched. */
  path?: string;
  /** Never use the network. Default: true when SPARNET_OFFLINE is 1. */
  offline?: boolean;
  /** Where fetched files are kept; default: `weightsFolder()`. */
  cache?: string;
  fetch?: typeof globalThis.fetch;
}

/**
 * The weights of a public network: from `path`; else from the folder that the environment variable SPARNET_WEIGHTS names,
 * then from the cache folder, where they may lie as `<name>-features.safetensors` or under their publisher's name; else
 * fetched into the cache folder, checked by their sha256.
 *
 * @returns The state dict of the file, for `featureNetwork` and `lpips`.
 * @throws SparnetError `missing-file` when they are nowhere and can't be fetched (the message says what to fetch, from
 *   where, and into which place); `bad-file` when what was fetched is not the file, or a file can't be read;
 *   `bad-argument` for an unknown name.
 */
export async function networkWeights(
  name: FeatureNetworkName,
  {
    path,
    offline = process.env['SPARNET_OFFLINE'] === '1',
    cache = weightsFolder(),
    fetch = globalThis.fetch,
  }: NetworkWeightsOptions = {},
): Promise<StateDict> {
  checkOneOf('name', name, featureNetworkNames);
  if (path !== undefined) {
    if (typeof path !== 'string') throw invalid('path', 'a file name', path);
    return readWeights(path);
  }
  const { file, url, sha256 } = networkFiles[name];
  const found = foldersOf(cache)
    .flatMap((folder) => [join(folder, `${name}-features.safetensors`), join(folder, file)])
    .find((place) => existsSync(place));
  if (found !== undefined) return readWeights(found);
  const place = join(resolve(cache), file);
  if (offline)
    throw notFetched(url, place, 'they are in none of the known folders, and fetching is switched off');
  await downloadFile({ url, place, sha256, fetch });
  return readWeights(place);
}

function foldersOf(cache: string): string[] {
  const given = process.env['SPARNET_WEIGHTS'];
  return given ? [resolve(given), resolve(cache)] : [resolve(cache)];
}
