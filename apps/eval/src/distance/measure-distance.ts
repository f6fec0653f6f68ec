import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { SparnetError, checkInteger, checkOneOf } from '@sparnet/core';
import { engineNames, type EngineName } from '@sparnet/engine';
import {
  fid,
  fidNetwork,
  frechetDistance,
  parseStatistics,
  subsetKernelDistance,
  type FeatureStatistics,
  type FrechetDistance,
  type SubsetKernelDistance,
} from '@sparnet/metrics/fid';
import type { EvaluateControl } from '../evaluate.ts';
import {
  featureNetworks,
  pictureFeatures,
  type FeatureNetwork,
  type PictureFeatures,
} from './picture-features.ts';
import { sizeWarnings } from './size-warnings.ts';

/** Which two sets of pictures are compared, and by what. */
export interface DistanceOptions {
  /** A folder or tar archive of the pictures under test. */
  sr: string;
  /** A folder or tar archive, or an `.npz` file of statistics. */
  reference: string;
  /** Only the distance by the features of `inception-fid` is FID. */
  features?: FeatureNetwork;
  /** The kernel distance too, of random subsets. */
  kid?: boolean;
  /** Pictures of another size, of both sets, are brought to a square of this side as evaluate does. */
  size?: number;
  workers?: number;
  engine?: EngineName | 'auto';
}

/** How far two sets of pictures are apart, as its JSON file holds it. */
export interface SetDistance {
  format: 'sparnet-distance-1';
  /** `FID`, or for another network `Frechet distance`, which is none. */
  measure: 'FID' | 'Frechet distance';
  frechet: FrechetDistance;
  /** `KID`, or for another network `kernel distance`. */
  kernel?: { measure: 'KID' | 'kernel distance' } & SubsetKernelDistance;
  /** Why the sets are not to be compared as they are, a sentence each. */
  warnings: string[];
  inputs: { sr: string; reference: string; size?: number };
  skipped: { name: string; reason: string }[];
}

/** Subsets of the usual size, or as large as the smaller set. */
const subsetSize = 1000;

/**
 * Measures the distance of the features of two sets of pictures.
 *
 * @returns Beside the distance the statistics of the reference, to be kept.
 * @throws SparnetError `bad-argument` for invalid options, or statistics of another network; as `pictureFeatures`.
 */
export async function measureDistance(
  options: DistanceOptions,
  control: EvaluateControl = {},
): Promise<{ distance: SetDistance; reference: FeatureStatistics }> {
  const { sr, reference, kid, ...how } = checkedDistanceOptions(options);
  const extraction = { ...how, keep: kid };
  const truth = isStatistics(reference)
    ? await readStatistics(reference, how.network)
    : await pictureFeatures(reference, extraction, control);
  const made = await pictureFeatures(sr, extraction, control);
  const isFid = how.network === fidNetwork;
  const distance: SetDistance = {
    format: 'sparnet-distance-1',
    measure: isFid ? 'FID' : 'Frechet distance',
    frechet: (isFid ? fid : frechetDistance)(made.statistics, truth.statistics),
    ...(kid && { kernel: { measure: isFid ? 'KID' : 'kernel distance', ...kernelOf(made, truth) } }),
    warnings: sizeWarnings({ path: sr, ...made }, { path: reference, ...truth }),
    inputs: { sr, reference, ...(how.size !== undefined && { size: how.size }) },
    skipped: [...truth.skipped, ...made.skipped],
  };
  return { distance, reference: truth.statistics };
}

/**
 * The options with their defaults.
 *
 * @throws SparnetError `bad-argument`.
 */
export function checkedDistanceOptions(options: DistanceOptions) {
  const { sr, reference, kid = false } = options;
  if (kid && isStatistics(reference)) {
    throw new SparnetError(
      'bad-argument',
      `a kernel distance needs the pictures themselves, not ${reference}; name their folder or leave --kid out`,
    );
  }
  return {
    sr,
    reference,
    kid,
    size: options.size === undefined ? undefined : checkInteger('size', options.size, 1, 16384),
    network: checkOneOf('features', options.features ?? fidNetwork, featureNetworks),
    workers: checkInteger('workers', options.workers ?? availableParallelism(), 1, 256),
    engine: checkOneOf('engine', options.engine ?? 'auto', ['auto', ...engineNames]),
  };
}

/** True for the name of a file of statistics. */
export function isStatistics(path: string): boolean {
  return /\.npz$/i.test(path);
}

async function readStatistics(file: string, network: FeatureNetwork): Promise<PictureFeatures> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new SparnetError('missing-file', `${file}: ${(cause as Error).message}`, { cause });
  });
  const statistics = await parseStatistics(bytes, { name: file });
  if (statistics.network !== network) {
    throw new SparnetError(
      'bad-argument',
      `${file} holds statistics of ${statistics.network}, not of ${network}; name that one with --features`,
    );
  }
  return { statistics, sizes: new Set(), skipped: [] };
}

function kernelOf(made: PictureFeatures, truth: PictureFeatures): SubsetKernelDistance {
  const fewest = Math.min(made.statistics.count ?? 0, truth.statistics.count ?? 0);
  return subsetKernelDistance(made.samples ?? [], truth.samples ?? [], {
    dimensions: made.statistics.dimensions,
    subsetSize: Math.min(subsetSize, fewest),
  });
}
