import { toNumber, toScore, type ImageScores, type Score } from '../result.ts';
import { bootstrapMeans, interval95 } from './bootstrap-means.ts';
import { holm, signFlipTest } from './sign-flip-test.ts';

/** How much one method's scores differ from another's on the same pictures. */
export interface PairedDifference {
  metric: string;
  a: string;
  b: string;
  /** Pictures in which both could be measured. */
  count: number;
  /** The mean of a - b; null when no picture counts, or one score is infinite and the other is not. */
  mean: Score;
  /** Bounds of its 95 % confidence interval (percentile bootstrap over pictures); null as `mean`, or for fewer than 5. */
  ci95: [Score, Score] | null;
  /** Of the two-sided sign-flip permutation test that a and b are alike; null as `mean`. */
  p: number | null;
  /** `p` with Holm's correction over all pairs of methods, for this metric. */
  pHolm: number | null;
}

/** A method's rows, in the same order as those of the others. */
export interface MethodRows {
  name: string;
  images: readonly ImageScores[];
}

/** The paired differences of all pairs of methods by one metric. */
export function pairedDifferences(methods: readonly MethodRows[], metric: string): PairedDifference[] {
  const pairs = methods.flatMap((a, at) => methods.slice(at + 1).map((b) => pairedDifference(a, b, metric)));
  const tested = pairs.filter((pair) => pair.p !== null);
  for (const [at, p] of holm(tested.map((pair) => pair.p as number)).entries()) tested[at]!.pHolm = p;
  return pairs;
}

function pairedDifference(a: MethodRows, b: MethodRows, metric: string): PairedDifference {
  const differences = Float64Array.from(a.images, (row, at) =>
    difference(row[metric] ?? null, b.images[at]?.[metric] ?? null),
  ).filter((value) => !Number.isNaN(value));
  const pair = { metric, a: a.name, b: b.name, count: differences.length };
  if (differences.length === 0 || !differences.every(Number.isFinite))
    return { ...pair, mean: null, ci95: null, p: null, pHolm: null };
  const sum = differences.reduce((total, value) => total + value, 0);
  const interval = interval95(bootstrapMeans([differences])[0]!, differences.length);
  return {
    ...pair,
    mean: sum / differences.length,
    ci95: interval && [toScore(interval[0]), toScore(interval[1])],
    p: signFlipTest(differences),
    pHolm: null,
  };
}

/** Two methods that are both perfect are alike. */
function difference(a: Score, b: Score): number {
  return a === 'Infinity' && b === 'Infinity' ? 0 : toNumber(a) - toNumber(b);
}
