import { checkInteger, invalid, shuffledIndices, SparnetError } from '@sparnet/core';
import { dot } from './covariance-factor.ts';

/** The kernel distance of random subsets. */
export interface SubsetKernelDistance {
  /** The mean over the subsets; smaller is better. Unbiased, so it may be negative. */
  distance: number;
  /** The standard deviation over the subsets (divided by their number). */
  deviation: number;
  subsets: number;
  subsetSize: number;
}

/**
 * The kernel distance of two sets of features: the unbiased estimate of the squared maximum mean discrepancy with the
 * kernel (x.y / dimensions + 1)^3 (Binkowski et al. 2018, who call it KID for the features of FID's network), over all
 * samples. It may be negative. The time grows with the square of the number of samples.
 *
 * @param x - `samples * dimensions` numbers, samples first.
 * @param y - As `x`; the numbers of samples may differ.
 * @throws SparnetError `bad-argument` when they are no whole number of samples or not finite, `no-data` when a set has
 *   fewer than 2 samples.
 */
export function kernelDistance(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { dimensions }: { dimensions: number },
): number {
  const first = samplesOf(x, dimensions, 'x');
  const second = samplesOf(y, dimensions, 'y');
  return discrepancy(first, second, dimensions);
}

/**
 * {@link kernelDistance} of `subsets` random subsets of both sets, each drawn without repetition, by a random order that
 * depends on `seed` and the subset alone. Defaults are those of torchmetrics and torch-fidelity.
 *
 * @throws SparnetError as {@link kernelDistance}; `bad-argument` when `subsetSize` is larger than a set.
 */
export function subsetKernelDistance(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  {
    dimensions,
    subsets = 100,
    subsetSize = 1000,
    seed = 0,
  }: { dimensions: number; subsets?: number; subsetSize?: number; seed?: number },
): SubsetKernelDistance {
  const first = samplesOf(x, dimensions, 'x');
  const second = samplesOf(y, dimensions, 'y');
  const fewest = Math.min(first.length, second.length) / dimensions;
  checkInteger('subsets', subsets, 1);
  checkInteger('subsetSize', subsetSize, 2, fewest);
  const distances = Array.from({ length: subsets }, (_, index) => {
    const [a, b] = [first, second].map((samples, set) => {
      const address = { seed, purpose: 'kernel distance', epoch: index, index: set };
      const chosen = shuffledIndices(samples.length / dimensions, address).subarray(0, subsetSize);
      return gather(samples, chosen, dimensions);
    }) as [Float64Array, Float64Array];
    return discrepancy(a, b, dimensions);
  });
  const distance = mean(distances);
  const deviation = Math.sqrt(mean(distances.map((value) => (value - distance) ** 2)));
  return { distance, deviation, subsets, subsetSize };
}

function samplesOf(features: ArrayLike<number>, dimensions: number, name: string): Float64Array {
  checkInteger('dimensions', dimensions, 1);
  if (features.length % dimensions !== 0) {
    throw invalid(name, `a whole number of samples of ${dimensions} numbers`, `${features.length} numbers`);
  }
  if (features.length < 2 * dimensions) {
    throw new SparnetError(
      'no-data',
      `a kernel distance needs at least 2 samples in ${name}, got ${features.length / dimensions}`,
    );
  }
  const samples = Float64Array.from(features);
  const wrong = samples.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw invalid(`${name}[${wrong}]`, 'finite number', samples[wrong]);
  return samples;
}

function discrepancy(x: Float64Array, y: Float64Array, dimensions: number): number {
  return meanOfPairs(x, dimensions) + meanOfPairs(y, dimensions) - 2 * meanBetween(x, y, dimensions);
}

/** The mean of the kernel over all pairs of different samples of one set. */
function meanOfPairs(samples: Float64Array, dimensions: number): number {
  const count = samples.length / dimensions;
  let sum = 0;
  for (let i = 1; i < count; i++) {
    const sample = samples.subarray(i * dimensions, (i + 1) * dimensions);
    for (let j = 0; j < i; j++) sum += kernel(sample, samples, j * dimensions);
  }
  return (2 * sum) / (count * (count - 1));
}

function meanBetween(x: Float64Array, y: Float64Array, dimensions: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += dimensions) {
    const sample = x.subarray(i, i + dimensions);
    for (let j = 0; j < y.length; j += dimensions) sum += kernel(sample, y, j);
  }
  return sum / (x.length / dimensions) / (y.length / dimensions);
}

function kernel(sample: Float64Array, others: Float64Array, at: number): number {
  const base = dot(sample, others, at) / sample.length + 1;
  return base * base * base;
}

function gather(samples: Float64Array, chosen: Uint32Array, dimensions: number): Float64Array {
  const result = new Float64Array(chosen.length * dimensions);
  chosen.forEach((from, to) =>
    result.set(samples.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions),
  );
  return result;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
