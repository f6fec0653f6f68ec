/** The filters that average; `nearest` picks. */
export type AveragingFilter = 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

/** For each output sample, `taps` consecutive input samples from `starts[i]` on, weighted by `weights[i * taps + k]`. */
export interface ResampleWeights {
  taps: number;
  starts: Int32Array;
  /** Fixed point with 22 fraction bits. */
  weights: Int32Array;
}

/** 32 bits less 8 of the sample and 2 for weights that are negative or sum to more than 1 on the way. */
export const fractionBits = 22;

/** At most this many weights are kept for reuse (4 MiB): sizes that repeat are computed once. */
const maxCachedWeights = 2 ** 20;

const cache = new Map<string, ResampleWeights>();
let cachedWeights = 0;

/**
 * The weights that turn `inputSize` samples into `outputSize`, as Pillow's resize of 8-bit images computes them. A
 * window is stretched by the shrink factor (antialiasing) and cut at the edges. The result is cached: don't change it.
 */
export function resampleWeights(
  inputSize: number,
  outputSize: number,
  filter: AveragingFilter,
): ResampleWeights {
  const key = `${filter} ${inputSize} ${outputSize}`;
  const known = cache.get(key);
  if (known) return known;
  const result = computeWeights(inputSize, outputSize, filter);
  const count = result.weights.length;
  if (count > maxCachedWeights) return result;
  if (cachedWeights + count > maxCachedWeights) {
    cache.clear();
    cachedWeights = 0;
  }
  cache.set(key, result);
  cachedWeights += count;
  return result;
}

function computeWeights(inputSize: number, outputSize: number, filter: AveragingFilter): ResampleWeights {
  const { support, weight } = kernels[filter];
  const scale = inputSize / outputSize;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const taps = Math.min(inputSize, Math.ceil(reach) * 2 + 1);
  const window = new Float64Array(taps);
  const starts = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * taps);
  for (let i = 0; i < outputSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(inputSize, Math.trunc(center + reach + 0.5));
    let sum = 0;
    for (let j = start; j < end; j++) sum += window[j - start] = weight((j - center + 0.5) * (1 / stretch));
    // All windows are made equally long; what is added at the ends weighs zero.
    starts[i] = Math.min(start, inputSize - taps);
    const first = i * taps + start - starts[i]!;
    for (let k = 0; k < end - start; k++) weights[first + k] = toFixedPoint(window[k]! / sum);
  }
  return withoutIdleTaps({ taps, starts, weights }, inputSize);
}

/** Rounded half away from zero. */
function toFixedPoint(weight: number): number {
  const scaled = weight * 2 ** fractionBits;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/** The same windows, as short as the longest one without the zeros at its ends: zeros cost time and change nothing. */
function withoutIdleTaps({ taps, starts, weights }: ResampleWeights, inputSize: number): ResampleWeights {
  const firsts = starts.map((_, i) => {
    let first = 0;
    while (first < taps - 1 && weights[i * taps + first] === 0) first++;
    return first;
  });
  let needed = 1;
  firsts.forEach((first, i) => {
    let last = taps - 1;
    while (last > first && weights[i * taps + last] === 0) last--;
    needed = Math.max(needed, last - first + 1);
  });
  const shorter = new Int32Array(starts.length * needed);
  const moved = starts.map((start, i) => {
    const position = Math.min(start + firsts[i]!, inputSize - needed);
    const skipped = position - start;
    const kept = Math.min(needed, taps - skipped);
    shorter.set(weights.subarray(i * taps + skipped, i * taps + skipped + kept), i * needed);
    return position;
  });
  return { taps: needed, starts: moved, weights: shorter };
}

const kernels: Record<AveragingFilter, { support: number; weight: (x: number) => number }> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => {
      const distance = Math.abs(x);
      if (distance === 0) return 1;
      if (distance >= 1) return 0;
      const angle = distance * Math.PI;
      // Pillow has the two constants in single precision, which shows in one weight of some thousand.
      return (Math.sin(angle) / angle) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(angle));
    },
  },
  bicubic: { support: 2, weight: (x) => bicubic(Math.abs(x)) },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys' cubic with a = -0.5, for x >= 0. */
function bicubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}
