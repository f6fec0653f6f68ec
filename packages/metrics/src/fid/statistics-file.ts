import { SparnetError } from '@sparnet/core';
import type { FeatureStatistics } from './feature-statistics.ts';
import { formatNpy, formatNpyBytes, parseNpy, type NpyArray } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';

/**
 * Statistics as the bytes of an `.npz` file with `mu` and `sigma`, which pytorch-fid reads, and beside them the network's
 * name (`network`, UTF-8), the number of samples (`count`) and, where there are any, the `deviations`.
 */
export function formatStatistics(statistics: FeatureStatistics): Uint8Array {
  const { network, dimensions, count, mean, covariance, deviations } = statistics;
  return writeNpz({
    'mu.npy': formatNpy({ shape: [dimensions], values: mean }),
    'sigma.npy': formatNpy({ shape: [dimensions, dimensions], values: covariance }),
    'network.npy': formatNpyBytes(new TextEncoder().encode(network)),
    ...(count !== undefined && { 'count.npy': formatNpy({ shape: [], values: Float64Array.of(count) }) }),
    ...(deviations && {
      'deviations.npy': formatNpy({
        shape: [deviations.length / dimensions, dimensions],
        values: deviations,
      }),
    }),
  });
}

/**
 * Statistics from the bytes of an `.npz` file, of {@link formatStatistics} or of pytorch-fid; stored or compressed.
 *
 * @param options - `name` is the file's name for messages; `network` is the network that made the features, for files that
 *   don't say, as those of pytorch-fid.
 * @throws SparnetError `bad-file` when it is no such file, or its numbers can be no statistics.
 */
export async function parseStatistics(
  bytes: Uint8Array,
  { name = 'statistics', network = 'inception-fid' }: { name?: string; network?: string } = {},
): Promise<FeatureStatistics> {
  const entries = await readNpz(bytes, name);
  const array = (key: string): NpyArray | undefined => {
    const content = entries.get(`${key}.npy`);
    return content && parseNpy(content, `${name}: ${key}`);
  };
  const mean = array('mu');
  const covariance = array('sigma');
  const dimensions = mean?.values.length ?? 0;
  if (!mean || !covariance || dimensions === 0 || covariance.values.length !== dimensions ** 2) {
    throw new SparnetError(
      'bad-file',
      `${name}: expected arrays mu (n numbers) and sigma (n x n), as pytorch-fid saves`,
    );
  }
  const count = array('count')?.values[0];
  const deviations = array('deviations');
  const named = entries.get('network.npy');
  const statistics = {
    network: named ? textOf(parseNpy(named, `${name}: network`)) : network,
    dimensions,
    count,
    mean: mean.values,
    covariance: covariance.values,
    ...(deviations && { deviations: deviations.values }),
  };
  checkPlausible(statistics, name);
  return statistics;
}

function textOf({ values }: NpyArray): string {
  return new TextDecoder().decode(Uint8Array.from(values));
}

function checkPlausible(
  { dimensions, count, mean, covariance, deviations }: FeatureStatistics,
  name: string,
): void {
  const finite = [mean, covariance, deviations ?? []].every((values) => values.every(Number.isFinite));
  if (!finite) throw new SparnetError('bad-file', `${name}: a number of its statistics is not finite`);
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 1)) {
    throw new SparnetError('bad-file', `${name}: expected a positive integer for count, got ${count}`);
  }
  if (deviations && deviations.length !== dimensions * (count ?? -1)) {
    throw new SparnetError('bad-file', `${name}: its deviations are not those of ${count} samples`);
  }
  for (let i = 0; i < dimensions; i++) {
    const variance = covariance[i * (dimensions + 1)]!;
    if (variance < 0) throw new SparnetError('bad-file', `${name}: a variance is negative (${variance})`);
  }
}
