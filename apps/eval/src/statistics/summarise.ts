import { toNumber, toScore, type ImageScores, type MetricSummary, type Score } from '../result.ts';
import { bootstrapMeans, leastForInterval, middle95, quantile } from './bootstrap-means.ts';

/**
 * The summary of each metric over rows. It depends on the rows and their order alone, so that rows of several shards,
 * put in order, give the digits of one pass.
 *
 * @param images - Rows in the order of their names.
 */
export function summarise(
  images: readonly ImageScores[],
  metrics: readonly string[],
): Record<string, MetricSummary> {
  const columns = metrics.map((metric) => Float64Array.from(images, (row) => toNumber(row[metric] ?? null)));
  const means = bootstrapMeans(columns);
  return Object.fromEntries(metrics.map((metric, at) => [metric, summaryOf(columns[at]!, means[at]!)]));
}

/** The interval of a mean to show; null for so few pictures that it tells no more than they do. */
export function shownInterval({ count, ci95 }: MetricSummary): [Score, Score] | null {
  return count < leastForInterval ? null : ci95;
}

function summaryOf(column: Float64Array, means: Float64Array): MetricSummary {
  const values = column.filter((value) => !Number.isNaN(value));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = values.toSorted();
  const [low, high] = middle95(means);
  return {
    count: values.length,
    mean: toScore(mean),
    std: toScore(values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Number.NaN),
    median: toScore(quantile(sorted, 0.5)),
    min: toScore(sorted[0] ?? Number.NaN),
    max: toScore(sorted.at(-1) ?? Number.NaN),
    ci95: [toScore(low), toScore(high)],
  };
}
