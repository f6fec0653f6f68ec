import { SparnetError } from '@sparnet/core';
import type { Protocol } from '@sparnet/metrics';
import { settingDifferences } from './comparability.ts';
import type { NamedResult } from './merge-results.ts';
import { toNumber, type EvaluationResult, type MetricInfo, type MetricSummary } from './result.ts';
import { pairedDifferences, type PairedDifference } from './statistics/paired-differences.ts';
import { summarise } from './statistics/summarise.ts';

/** Several methods on the same pictures. */
export interface Comparison {
  format: 'sparnet-comparison-1';
  protocol: Protocol;
  border: number;
  /** Pictures measured with every method: all numbers are over these. */
  count: number;
  metrics: Record<string, MetricInfo>;
  methods: { name: string; scale?: number; summary: Record<string, MetricSummary> }[];
  /** What was not alike in how the methods were measured, a sentence each. */
  warnings: string[];
  /** The method, or several, whose mean is the best; none when they were not measured alike. */
  best: Record<string, string[]>;
  test: string;
  differences: PairedDifference[];
}

const test =
  'paired sign-flip permutation test of a - b, two-sided (all patterns up to 13 pictures, else 10000 of a fixed seed); ' +
  'Holm correction over the pairs of methods, metric by metric; intervals: percentile bootstrap, 2000 resamples';

/**
 * Compares methods by the metrics that all results have, on the pictures that all have.
 *
 * @throws SparnetError `bad-argument` naming the files for fewer than two results, two of one name, results of other
 *   settings or other pictures (those that a result lists as skipped aside), or without a metric in common.
 */
export function compareResults(results: readonly NamedResult[]): Comparison {
  const [first, ...others] = results;
  if (!first || others.length === 0)
    throw new SparnetError('bad-argument', 'expected at least two results to compare');
  for (const [at, { source, result }] of results.entries()) {
    const twin = results.slice(0, at).find((other) => other.result.name === result.name);
    if (!twin) continue;
    throw new SparnetError(
      'bad-argument',
      `${twin.source} and ${source} are both called ${result.name}; evaluate one with another --name`,
    );
  }
  for (const other of others) checkComparable(first, other);
  const metrics = commonMetrics(results);
  const names = commonNames(results);
  const methods = results.map(({ result: { name, scale, images } }) => ({
    name,
    ...(scale !== undefined && { scale }),
    images: images.filter((row) => names.has(row.name)),
  }));
  const summaries = methods.map(({ images, ...method }) => ({
    ...method,
    summary: summarise(images, Object.keys(metrics)),
  }));
  const warnings = settingDifferences(results.map(({ result }) => result));
  return {
    format: 'sparnet-comparison-1',
    protocol: first.result.protocol,
    border: first.result.border,
    count: names.size,
    metrics,
    methods: summaries,
    warnings,
    best: Object.fromEntries(
      Object.entries(metrics).map(([metric, info]) => [
        metric,
        warnings.length > 0 ? [] : bestOf(summaries, metric, info),
      ]),
    ),
    test,
    differences: Object.keys(metrics).flatMap((metric) => pairedDifferences(methods, metric)),
  };
}

function checkComparable(first: NamedResult, other: NamedResult): void {
  const settings = ({ result: { protocol, border, inputs } }: NamedResult) => ({
    protocol,
    border,
    // Without one, pictures are as large as their files.
    ...(inputs.size !== undefined && { size: inputs.size }),
  });
  const [one, two] = [settings(first), settings(other)];
  for (const key of ['protocol', 'border', 'size'] as const) {
    const isOpen = key === 'size' && !(key in one && key in two);
    if (isOpen || one[key] === two[key]) continue;
    throw new SparnetError(
      'bad-argument',
      `${first.source} and ${other.source} can't be compared: ${key} is ${one[key]} and ${two[key]}`,
    );
  }
}

function commonMetrics(results: readonly NamedResult[]): Record<string, MetricInfo> {
  const [first, ...others] = results as [NamedResult, ...NamedResult[]];
  const common = Object.entries(first.result.metrics).filter(([name, info]) =>
    others.every(({ source, result }) => {
      const other = result.metrics[name];
      if (other && JSON.stringify(other) !== JSON.stringify(info))
        throw new SparnetError(
          'bad-argument',
          `${first.source} and ${source} mean different things by ${name}`,
        );
      return other !== undefined;
    }),
  );
  if (common.length === 0) throw new SparnetError('bad-argument', 'the results have no metric in common');
  return Object.fromEntries(common);
}

function commonNames(results: readonly NamedResult[]): Set<string> {
  const namesOf = ({ images }: EvaluationResult): Set<string> => new Set(images.map(({ name }) => name));
  const sets = results.map(({ result }) => namesOf(result));
  const all = new Set(sets.flatMap((set) => [...set]));
  for (const [at, { source, result }] of results.entries()) {
    const skipped = new Set(result.skipped.map(({ name }) => name));
    const missing = [...all].filter((name) => !sets[at]!.has(name) && !skipped.has(name));
    if (missing.length === 0) continue;
    throw new SparnetError(
      'bad-argument',
      `${source} lacks ${missing.length} of the others' pictures, such as ${missing.slice(0, 3).join(', ')}; evaluate all methods on the same pictures`,
    );
  }
  const common = [...all].filter((name) => sets.every((set) => set.has(name)));
  if (common.length === 0)
    throw new SparnetError('no-data', 'no picture could be measured with every method');
  return new Set(common);
}

function bestOf(methods: Comparison['methods'], metric: string, { higherIsBetter }: MetricInfo): string[] {
  const means = methods
    .map(({ name, summary }) => ({ name, mean: toNumber(summary[metric]!.mean) }))
    .filter(({ mean }) => !Number.isNaN(mean));
  const best = (higherIsBetter ? Math.max : Math.min)(...means.map(({ mean }) => mean));
  return means.filter(({ mean }) => mean === best).map(({ name }) => name);
}
