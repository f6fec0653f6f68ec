import {
  featureStatistics,
  frechetDistance,
  kernelDistance,
  type FeatureStatistics,
} from '@sparnet/metrics/fid';
import { toFloat32, type StateDict } from '@sparnet/weights';
import { absoluteError, type Finding } from './compare.ts';
import { pick, type Reference } from './reference.ts';

interface Case {
  d: number;
  n_x: number;
  n_y: number;
  frechet: number;
  kid_poly3_all_samples: number;
}

/** How far a value may be off: by so much, by that share of itself, or by both together. */
interface Allowance {
  abs?: number;
  rel?: number;
}

interface Json {
  values: Record<string, Case>;
  tolerances: Record<string, Allowance> & { 'mean, covariance': { tol: number }; kid: Allowance };
}

/** Means, covariances, Fréchet and kernel distances of feature sets. */
export async function checkFrechet(reference: Reference): Promise<Finding[]> {
  const { values, tolerances } = reference.json as unknown as Json;
  const features = await reference.read('features');
  const statistics = await reference.read('statistics');
  const compared = new Set<string>();
  const findings = Object.entries(values).flatMap(([name, { d: dimensions, ...wanted }]) => {
    const x = toFloat32(pick(features, `${name}.x`));
    const y = toFloat32(pick(features, `${name}.y`));
    const [ofX, ofY] = [x, y].map((set) => statisticsOf(set, dimensions)) as [
      FeatureStatistics,
      FeatureStatistics,
    ];
    const moments = { ...named(`${name}.`, 'x', ofX), ...named(`${name}.`, 'y', ofY) };
    const counted = ofX.count === wanted.n_x && ofY.count === wanted.n_y;
    const errors = Object.keys(moments)
      .filter((key) => key in statistics)
      .map((key) => {
        compared.add(key);
        return momentError(moments[key] as Float64Array, statistics, key);
      });
    return [
      {
        name: `${name} mean, covariance`,
        error: counted && errors.length > 0 ? Math.max(...errors) : Infinity,
        tolerance: tolerances['mean, covariance'].tol,
      },
      {
        name: `${name} frechet`,
        ...distanceError(frechetDistance(ofX, ofY).distance, wanted.frechet, allowanceOf(name, tolerances)),
      },
      {
        name: `${name} kid`,
        ...distanceError(kernelDistance(x, y, { dimensions }), wanted.kid_poly3_all_samples, tolerances.kid),
      },
    ];
  });
  const left = Object.keys(statistics).filter((name) => !compared.has(name));
  if (left.length > 0) throw new Error(`not compared: ${left.join(' ')}`);
  return findings;
}

function statisticsOf(features: Float32Array, dimensions: number): FeatureStatistics {
  const accumulator = featureStatistics({ dimensions, network: 'reference' });
  accumulator.update(features);
  return accumulator.compute();
}

/** Under all names that the file may have for them: of a large covariance it keeps the diagonal and the first row. */
function named(
  prefix: string,
  set: 'x' | 'y',
  { mean, covariance, dimensions }: FeatureStatistics,
): Record<string, Float64Array> {
  return {
    [`${prefix}mean_${set}`]: mean,
    [`${prefix}cov_${set}`]: covariance,
    [`${prefix}cov_${set}_diag`]: covariance.filter((_, i) => i % (dimensions + 1) === 0),
    [`${prefix}cov_${set}_row0`]: covariance.subarray(0, dimensions),
  };
}

/** Relative to the largest entry. */
function momentError(found: Float64Array, statistics: StateDict, name: string): number {
  const expected = pick(statistics, name).data as Float64Array;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return absoluteError(found, expected) / largest;
}

/** As a part of what is allowed. */
function distanceError(found: number, expected: number, { abs = 0, rel = 0 }: Allowance) {
  return { error: absoluteError([found], [expected]) / (abs + rel * Math.abs(expected)), tolerance: 1 };
}

/** The key of a tolerance lists the cases that it is for: 'frechet (big, one-dim)'. */
function allowanceOf(name: string, tolerances: Json['tolerances']): Allowance {
  const isFor = (key: string): boolean =>
    key.startsWith('frechet (') && key.slice(9, -1).split(', ').includes(name);
  const key = Object.keys(tolerances).find(isFor);
  if (key === undefined) throw new Error(`case.json has no tolerance for the distance of ${name}`);
  return tolerances[key] as Allowance;
}
